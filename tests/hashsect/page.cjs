// SPDX-License-Identifier: GPL-2.0-or-later
// page.cjs [--pictures FOLDER] PAGE...
//
// Opens pages in headless Chromium, light and dark, at the width of a desk and of a phone, and as printed. Each must open
// without an error on the console and without asking for anything else, fit its width, and leave axe-core nothing to say.
// Exit status 1 if one does not. Needs playwright-core and axe-core beside it, and a chromium (CHROMIUM, /usr/bin/chromium).
"use strict";
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const sizes = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];
const schemes = ["light", "dark"];
let failures = 0;

function check(good, page, what) {
	if (!good) {
		failures++;
		console.log(`not ok - ${page}: ${what}`);
	}
}

async function look(browser, file, colorScheme, viewport, pictures) {
	const name = `${path.basename(file)}, ${colorScheme}, ${viewport.width} wide`;
	const context = await browser.newContext({ colorScheme, viewport, bypassCSP: true });
	const page = await context.newPage();
	const said = [], asked = [];

	page.on("console", (message) => said.push(message.text()));
	page.on("pageerror", (error) => said.push(String(error)));
	page.on("request", (request) => asked.push(request.url()));
	const address = "file://" + path.resolve(file);
	await page.goto(address);
	check(said.length === 0, name, `the console says: ${said.join("; ")}`);
	check(asked.length === 1 && asked[0] === address, name, `it asks for ${asked.slice(1).join(" ")}`);
	check(await page.evaluate(() => document.scripts.length) === 0, name, "it has a script");
	for (const details of await page.$$("details"))
		await details.evaluate((element) => { element.open = true; });
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	check(wide <= viewport.width, name, `${wide} wide`);
	await page.evaluate(axe);
	const found = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
	for (const violation of found.violations)
		check(false, name, `${violation.id}: ${violation.help}: ${violation.nodes[0].html.slice(0, 200)}`);
	check(found.passes.length > 10, name, `axe looked at ${found.passes.length} rules only`);
	if (pictures)
		await page.screenshot({ path: path.join(pictures, `${name.replace(/, | /g, "-")}.png`), fullPage: true });
	await context.close();
}

async function print(browser, file, pictures) {
	const page = await browser.newPage();
	await page.goto("file://" + path.resolve(file));
	await page.emulateMedia({ media: "print" });
	const hidden = await page.evaluate(() => [...document.querySelectorAll("details pre, details table")]
		.filter((element) => element.getClientRects().length === 0).length);
	check(hidden === 0, file, `${hidden} parts are not printed`);
	const bytes = await page.pdf({ format: "A4" });
	check(bytes.length > 5000, file, `printed it has ${bytes.length} bytes`);
	if (pictures)
		fs.writeFileSync(path.join(pictures, path.basename(file) + ".pdf"), bytes);
	await page.close();
}

async function main() {
	const words = process.argv.slice(2);
	const pictures = words[0] === "--pictures" ? words.splice(0, 2)[1] : null;
	if (words.length === 0)
		throw new Error("no pages were named");
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"],
	});
	for (const file of words) {
		check(fs.statSync(file).size < 1e6, file, "a megabyte or more");
		for (const colorScheme of schemes)
			for (const viewport of sizes)
				await look(browser, file, colorScheme, viewport, pictures);
		await print(browser, file, pictures);
	}
	await browser.close();
	console.log(failures ? `${failures} failed` : `${words.length} pages are good`);
	process.exitCode = failures ? 1 : 0;
}

main().catch((error) => {
	console.log(String(error));
	process.exitCode = 1;
});

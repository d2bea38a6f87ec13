	/*									\
	 * The built-in keyring: not part of .init.data, but freed with it.	\
	 * It must come before the pattern .init.rodata.*			\
	 */									\
	.init.rodata.keyring : AT(ADDR(.init.rodata.keyring) - LOAD_OFFSET) {	\
		KEEP(*(.init.rodata.keyring))					\
	}									\

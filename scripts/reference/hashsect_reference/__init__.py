# SPDX-License-Identifier: LGPL-2.1-or-later
"""The hashsect digest in plain Python. Section numbers in the docstrings are those of hashsect/FORMAT.md."""

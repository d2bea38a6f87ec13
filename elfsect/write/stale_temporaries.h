/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ELFSECT_STALE_TEMPORARIES_H
#define ELFSECT_STALE_TEMPORARIES_H

/**
 * temporary_sweep() - remove what writers in this directory left that were killed in the moment when a temporary file
 * has a name
 *
 * Files of writers at work stay. What cannot be removed does no harm: no error.
 */
void temporary_sweep(int directory_fd);

#endif

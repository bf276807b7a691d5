/* SPDX-License-Identifier: MIT
 *
 * project.h - which files move together, and how one of them names another.
 *
 * A project is what stands below the nearest folder that has .git, setup.cfg, pyproject.toml or
 * pytest.ini.  A name within a project is still right when the project is moved or cloned; so
 * schedules have such names where they can.  spillway_starter.py looks for the same marks.
 *
 * Folders are given as realpath() has them.  What is nowhere near costs no look at the disk: of each
 * file that a run has read it is asked.
 */
#ifndef SW_PROJECT_H
#define SW_PROJECT_H

#include <limits.h>
#include <stddef.h>

struct sw_project {
    const char *folder; /* borrowed */
    char root[PATH_MAX]; /* the folder with the mark; "": there is none above the folder */
};

/* Looks for the root. */
void sw_project_find(struct sw_project *project, const char *folder);
/* Is other below the folder, or in the same project? */
int sw_project_has(const struct sw_project *project, const char *other);
/* That of the folder, or the folder itself, into a text of that size; "" if it does not fit, or if it
 * is "/". */
void sw_project_root(const char *folder, char *root, size_t size);
/* What leads from the folder to the other: "tests", "../..", ".".  The caller's to free; NULL: no
 * memory. */
char *sw_project_relative(const char *folder, const char *other);

#endif

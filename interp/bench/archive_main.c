/* SPDX-License-Identifier: MIT
 *
 * The stock archive and nothing else, linked as slpython is: what the core
 * costs plain Python is the difference to this program.
 */
#include <Python.h>

int main(int argc, char **argv)
{
    return Py_BytesMain(argc, argv);
}

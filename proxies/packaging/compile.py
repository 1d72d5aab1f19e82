"""Compiles the .py files of a folder for a place where nothing can be written.

Run by packaging with a Python of the layer's minor version: compile.py FOLDER PREFIX
PREFIX is where the folder will lie when it runs; it goes into tracebacks. Files that do not compile (templates,
sources for Python 2) are left alone: importing one fails the same way with or without a .pyc.
Prints the magic number in hex and the count of compiled and skipped files.
"""

import importlib.util
import os
import py_compile
import sys


def main(folder, prefix):
    compiled = skipped = 0
    for path, directories, names in os.walk(folder):
        directories.sort()
        for name in sorted(names):
            if not name.endswith('.py'):
                continue
            source = os.path.join(path, name)
            shown = prefix + '/' + os.path.relpath(source, folder).replace(os.sep, '/')
            try:
                # Unchecked: Lambda's files carry no times to compare, and nobody edits them there.
                py_compile.compile(
                    source,
                    dfile=shown,
                    doraise=True,
                    optimize=0,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )
                compiled += 1
            except (py_compile.PyCompileError, ValueError, RecursionError):
                skipped += 1
    print(importlib.util.MAGIC_NUMBER.hex(), compiled, skipped)


main(sys.argv[1], sys.argv[2])

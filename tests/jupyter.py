#!/usr/bin/env python3
"""Executes notebooks with Jupyter's client in the kernel .net-csharp, and compares the kinds of outputs with the committed ones, which
`./distillkit notebooks run` has made.

    jupyter.py NOTEBOOK ...

Prints `ok NAME` or `not ok NAME: why` for each. Needs nbclient and nbformat (Debian: python3-nbclient)."""
import os
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

BOOTSTRAP = ("display_data", "text/html")


def kinds(notebook):
    """For each cell with code, what it put out; one stream is as good as ten."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [sorted({(output.output_type, *sorted(output.get("data", {}))) for output in cell.outputs}) for cell in cells]


def check(path):
    notebook = nbformat.read(path, as_version=4)
    expected = kinds(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(notebook, timeout=600, kernel_name=".net-csharp", resources={"metadata": {"path": os.path.dirname(path)}}).execute()
    for number, (here, there) in enumerate(zip(kinds(notebook), expected), 1):
        # In Jupyter the kernel always opens a port on loopback, and puts its script in front of what the first cell shows.
        if number == 1 and BOOTSTRAP in here and BOOTSTRAP not in there:
            here.remove(BOOTSTRAP)
        if here != there:
            raise AssertionError(f"cell {number} put out {here}, and the committed notebook has {there}")


failed = False
for path in sys.argv[1:]:
    name, start = os.path.basename(path), time.monotonic()
    try:
        check(os.path.abspath(path))
        print(f"ok {name} ({time.monotonic() - start:.0f} s)", flush=True)
    except (AssertionError, CellExecutionError, RuntimeError, TimeoutError, OSError) as error:
        failed = True
        print(f"not ok {name}: {error}", flush=True)
sys.exit(failed)

"""The notebook, executed: run by `python -m unittest` with nbclient and ipykernel."""

import pathlib
import unittest

import nbformat
from nbclient import NotebookClient

NOTEBOOK = pathlib.Path(__file__).parent.parent / "permtest.ipynb"


class Notebook(unittest.TestCase):
    """What a reader sees who runs all cells."""

    def test_results_show_tables_and_pictures(self):
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
        mean, share, same = (cell.outputs[-1].data for cell in notebook.cells if cell.cell_type == "code")
        for shown, name in [(mean, "difference of means"), (share, "statistic share_of_long")]:
            self.assertIn(f"Null distribution: {name}", shown["image/svg+xml"])
            self.assertIn(f"Null distribution: {name}", shown["text/html"])
            self.assertIn("<table>", shown["text/html"])
        self.assertRegex(mean["text/plain"], r"statistic=3\.7\d*, pvalue=0\.06\d+, n_resamples=1000000")
        self.assertEqual(same["text/plain"], "True")


if __name__ == "__main__":
    unittest.main()

"""Runs the end-to-end tests, all or those named on the command line, and closes with one line of counts."""

import pathlib
import sys
import unittest

if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    sys.path.insert(0, str(here))
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(sys.argv[1:]) if sys.argv[1:] else loader.discover(str(here))
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - bad - skipped)
    print(f"{passed} passed, {bad} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)

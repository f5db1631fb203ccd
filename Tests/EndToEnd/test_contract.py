"""The served description against the served answers: schemathesis tries what it says, and much that it does not."""

import concurrent.futures
import os
import re
import unittest

from contract.fuzz import fuzz
from contract.seeded import ROLES

# Few examples an operation: the coverage phase alone tries some hundred requests on each. For a long run see fuzz.py.
EXAMPLES = int(os.environ.get("WINNOW_CONTRACT_EXAMPLES", "2"))
SEED = int(os.environ.get("WINNOW_CONTRACT_SEED", "1"))


class Contract(unittest.TestCase):
    def test_every_answer_is_as_described(self):
        """All checks, in all phases, as nobody and as each role; each on a server of its own, two at a time."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            runs = {role: pool.submit(fuzz, role, EXAMPLES, SEED) for role in ["nobody", *ROLES]}
            for role, run in runs.items():
                with self.subTest(role):
                    done = run.result()
                    self.assertEqual(done.returncode, 0, done.stdout)
                    tested = re.search(r"Tested: (\d+)", done.stdout)
                    passed = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
                    self.assertTrue(tested and int(tested.group(1)) > 40, done.stdout)
                    self.assertTrue(passed and int(passed.group(2)) > 1000, done.stdout)


if __name__ == "__main__":
    unittest.main()

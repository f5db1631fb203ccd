"""Twenty kills under clients that do anything; see crash.py for the long run."""

import unittest

from crash import crash


class Crashes(unittest.TestCase):
    def test_twenty_kills(self):
        figures = crash(seed=4, kills=20, era=20, most=1.2, say=lambda text: print(text, flush=True))
        self.assertGreaterEqual(sum(figures["kills"].values()), 20)
        # A run in which hardly anything happened would prove nothing.
        self.assertGreater(figures["acknowledged"], 400)
        self.assertGreater(figures["annotations"], 100)
        self.assertGreater(figures["rounds"], 5)
        self.assertGreater(figures["unanswered"] + figures["sent again"], 0)


if __name__ == "__main__":
    unittest.main()

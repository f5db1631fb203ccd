"""Twenty kills under clients that do anything; see crash.py for the long run, and model/README.md for the rules."""

import unittest

from crash import crash
from model.journal import Broken
from model.killer import Era
from model.tampering import ALL, without_guards


class Crashes(unittest.TestCase):
    def test_twenty_kills(self):
        figures = crash(seed=4, kills=20, era=20, most=1.2, say=lambda text: print(text, flush=True))
        self.assertGreaterEqual(sum(figures["kills"].values()), 20)
        # A run in which hardly anything happened would prove nothing.
        self.assertGreater(figures["acknowledged"], 400)
        self.assertGreater(figures["annotations"], 100)
        self.assertGreater(figures["rounds"], 5)
        self.assertGreater(figures["unanswered"] + figures["sent again"], 0)

    def test_the_rules_notice_what_a_broken_server_would_leave(self):
        era = Era("rules-1")
        self.addCleanup(era.close)
        # Enough of everything to tamper with: the clients work until there are so many answers and so many undone.
        era.work_until(lambda: sum(1 for one in era.journal.of("annotate") if one.done) > 150
                       and sum(1 for one in era.journal.of("undo") if one.done) > 10
                       and sum(1 for one in era.journal.of("push") if one.done) > 3, seconds=90)
        era.check()
        for change in ALL:
            with self.subTest(change.__name__), self.assertRaises(Broken):
                era.check(without_guards(change))
        # As it is, nothing is wrong with it.
        era.check()


if __name__ == "__main__":
    unittest.main()

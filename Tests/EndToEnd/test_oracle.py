"""Eight people label at once, a server is killed meanwhile, and nothing is lost: over real data where it is at hand."""

import argparse
import os
import pathlib
import unittest

from oracle import Oracle
from truth import Truth, add_options
from winnow import EXAMPLES, ROOT, Server, must

# The data sets lie beside the repository, or where SHARED_DATA says.
SHARED = pathlib.Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared/data"))


def truth_options(flags):
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(flags)


class ManyAnnotators(unittest.TestCase):
    """100 labels, 8 annotators, rounds meanwhile, and SIGKILL in the middle."""

    def label(self, table, project, flags, label, kill_after):
        """Imports the table without its labels, then labels from them; what the oracle found."""
        if not table.is_file():
            self.skipTest(f"{table.name} is not here: it belongs at {table}")
        server = Server()
        self.addCleanup(server.close)
        must("import", "--data", server.data, "--project", project, table, "--create", "--modality", "text",
             "--labels-from", label, "--batch-size", "10", "--evaluation-fraction", "0.2", *flags, timeout=120)
        server.start()
        truth = Truth(table, truth_options([*flags, "--label-column", label]))
        print(f"\n{project}: {len(truth.labels)} distinct items", flush=True)
        found = Oracle(server, server.project(project), truth, annotators=8, labels=100, lead=1).run(kill_after)
        self.assertEqual(found["sent"], 100)
        self.assertGreaterEqual(found["models"], 5)
        self.assertEqual(len(found["interrupted"]), 0 if kill_after is None else 1)
        self.assertEqual(server.project(project)["counts"]["labelled"], 100)
        self.assertEqual(server.stop(), 0)
        return found

    def test_support_messages(self):
        found = self.label(EXAMPLES, "messages", [], "label", kill_after=40)
        self.assertGreater(found["accuracy"], 0.4, "four classes, a hundred labels: no better than luck")

    def test_sms_spam(self):
        flags = ["--format", "tsv", "--no-header", "--columns", "label,text", "--no-quotes"]
        found = self.label(SHARED / "sms-spam/SMSSpamCollection.tsv.gz", "spam", flags, "label", kill_after=40)
        self.assertGreater(found["accuracy"], 0.87, "no better than to call everything ham")

    def test_trec(self):
        found = self.label(SHARED / "trec/trec.csv.gz", "questions", ["--where", "split=train"], "coarse", kill_after=None)
        self.assertGreater(found["accuracy"], 0.3, "no better than to call everything the largest class")


if __name__ == "__main__":
    unittest.main()

"""The labelled sets of the comparison, as arguments of `winnow bench labels`."""
import csv
import gzip
import pathlib

DATA = pathlib.Path(__file__).resolve().parent.parent.parent.parent / "shared" / "data"

SETS = {
    "digits": ("digits/digits.csv.gz", "--modality vector --label-column label --holdout 500 --labels 300 --batch 10"),
    "sms": ("sms-spam/SMSSpamCollection.tsv.gz",
            "--format tsv --columns label,text --no-quotes --modality text --holdout 1000 --labels 200 --batch 10"),
    "trec": ("trec/trec.csv.gz",
             "--modality text --label-column coarse --where split=train --test-where split=test --labels 500 --batch 40"),
    "trec-in-pool": ("trec/trec.csv.gz",
                     "--modality text --label-column coarse --where split=train --holdout 1000 --labels 500 --batch 40"),
    "agnews": ("ag-news/ag_news_test.csv.gz",
               "--columns label,title,description --modality text --text-column title,description --holdout 2000 "
               "--labels 380 --batch 40"),
    "mnist": ("mnist/train-images-idx3-ubyte.gz", "--limit 10000 --holdout 2000 --labels 380 --batch 40"),
    "clinc": ("clinc150/clinc150.csv.gz",
              "--modality text --label-column label --where split=train --test-where split=test --labels 600 --start 60 "
              "--batch 60"),
}

# Where the goal lies beyond the labels that all programs are given, Winnow goes on alone to this many.
LONG = {"trec": 1220, "trec-in-pool": 1620, "agnews": 1220, "mnist": 1220}


def arguments(name, folder, quick):
    """The arguments, or a sentence that says what is missing."""
    path, rest = SETS[name]
    file = DATA / path
    if not file.exists():
        return [], f"Left out: {path} is not in {DATA.parent.name}/{DATA.name}."
    source = str(file)
    if name == "mnist":
        source += f",{file.parent / 'train-labels-idx1-ubyte.gz'}"
    if name == "clinc":
        source = subset_of_clinc(file, folder)
    result = [source] + rest.split()
    if quick:
        result[result.index("--labels") + 1] = str(2 * int(result[result.index("--batch") + 1]) + 60)
    return result, None


def subset_of_clinc(file, folder):
    """Two of the ten domains: 30 intents with 100 texts each, and 30 to test on."""
    target = folder / "clinc-banking-travel.csv"
    with gzip.open(file, "rt", newline="") as source, open(target, "w", newline="") as out:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(out, reader.fieldnames)
        writer.writeheader()
        writer.writerows(row for row in reader if row["domain"] in ("banking", "travel"))
    return str(target)

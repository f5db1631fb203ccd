"""Runs schemathesis over the description that the server serves, as one role.

By hand, for long: WINNOW=.build/release/winnow .venv-tests/bin/python Tests/EndToEnd/contract/fuzz.py ROLE [EXAMPLES [SEED]]
"""

import json
import pathlib
import subprocess
import sys
import tempfile

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from contract.seeded import ROLES, Seeded

CONFIGURATION = pathlib.Path(__file__).with_name("schemathesis.toml")


def configuration(seeded: Seeded, folder: pathlib.Path) -> pathlib.Path:
    """The checks' configuration, with the identifiers that exist in the data folder."""
    lines = [CONFIGURATION.read_text()]
    for name, values in seeded.identifiers.items():
        lines.append(f"[dictionaries.{name}]\nvalues = {json.dumps(values)}")
    lines.append("[parameters]")
    for name in seeded.identifiers:
        lines.append(f'"path.{name}" = {{ dictionary = "{name}", probability = 0.8 }}')
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def fuzz(role: str, examples: int, seed: int, seconds: int | None = None, more: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    """One run; its output says what was tried and what was found."""
    with Seeded() as seeded, tempfile.TemporaryDirectory(prefix="winnow-contract-") as scratch:
        folder = pathlib.Path(scratch)
        command = [
            str(pathlib.Path(sys.executable).with_name("schemathesis")), "--config-file", str(configuration(seeded, folder)),
            "run", f"{seeded.server.base}/openapi.json", "--checks", "all", "--phases", "examples,coverage,fuzzing,stateful",
            "--max-examples", str(examples), "--seed", str(seed), "--generation-database", "none", "--no-color",
            "--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "20", *more,
        ]
        if seeded.tokens[role]:
            command += ["--header", f"Authorization: Bearer {seeded.tokens[role]}"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, check=False, timeout=seconds)
        if seeded.server.process.poll() is not None:
            done.stdout += f"\nthe server ended with {seeded.server.process.returncode}"
            done.returncode = done.returncode or 1
        return done


if __name__ == "__main__":
    role, examples, seed = (sys.argv[1:] + ["", "100", "1"][len(sys.argv) - 1:])[:3]
    if role not in [*ROLES, "nobody"]:
        sys.exit(f"{__doc__}\nROLE is one of nobody, {', '.join(ROLES)}")
    done = fuzz(role, int(examples), int(seed))
    print(done.stdout)
    sys.exit(done.returncode)

#!/usr/bin/env python3
"""Kills a server again and again under clients that do anything, and looks each time whether it kept its promises.

    crash.py --kills 200 --seed 1 --log crash.log

Every client writes down what it asks before it asks, and what it was answered. After each SIGKILL the database is held
against that: nothing acknowledged is lost, nothing is there twice, no item has more owners than its overlap allows, history
only grows, states follow from what stands. Then the server starts on the same folder, clients send again what was not
answered, and what the REST interface says is compared with the database. Each --era kills a new folder is begun.

A failure names the seed and the kill, keeps the data folder, and shows the last requests; the log holds all of them. The same
seed makes the same choices again, although the clients' threads may meet in another order. Standard library only.
"""

import argparse
import json
import sys
import time
import traceback

from model.killer import Era


def crash(seed: int, kills: int, era: int, most: float, log=None, say=print) -> dict:
    """Runs so many kills; the sums of what happened. Raises where a promise was broken."""
    sums: dict = {}
    done, number = 0, 0
    while done < kills:
        number += 1
        current = Era(f"{seed}-{number}", log)
        try:
            figures = current.run(min(era, kills - done), most)
        except BaseException:
            where = f"seed {seed}, folder {number}, kill {done + sum(current.kinds.values())}"
            say(f"broken: {where}; the data folder is kept: {current.folder}\n"
                f"again: python Tests/EndToEnd/crash.py --kills {kills} --seed {seed} --era {era} --seconds {most}\n"
                f"the last requests:\n{current.journal.tail()}")
            current.server.process.kill()
            raise
        current.close()
        done += sum(figures["kills"].values())
        say(f"{done} kills: {json.dumps(figures)}")
        for name, value in figures.items():
            if isinstance(value, dict):
                known = sums.setdefault(name, {})
                sums[name] = {key: known.get(key, 0) + value.get(key, 0) for key in known | value}
            else:
                sums[name] = sums.get(name, 0) + value
    return sums


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--era", type=int, default=20, help="kills on one data folder before a new one is begun")
    parser.add_argument("--seconds", type=float, default=1.6, help="how long a server lives at most, about")
    parser.add_argument("--log", help="where every request and answer is written")
    options = parser.parse_args()
    log = open(options.log, "w") if options.log else None
    began = time.monotonic()
    try:
        sums = crash(options.seed, options.kills, options.era, options.seconds, log,
                     say=lambda text: print(text, flush=True))
    except BaseException as error:  # noqa: BLE001  shown, with where it came from
        traceback.print_exc()
        print(f"crash: {error}", file=sys.stderr)
        return 1
    finally:
        if log:
            log.close()
    print(f"all promises held over {sum(sums['kills'].values())} kills, seed {options.seed}, "
          f"in {time.monotonic() - began:.0f} s: {json.dumps(sums)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs attack tools against the real binary, and a well-behaved client beside them.

    python3 Tests/Security/attack.py [slow] [tls] [proxy]

`WINNOW` names the binary. What needs a tool that is missing is skipped with a word: slowhttptest, testssl (testssl.sh),
openssl and nginx, all of Debian. Exit code 1 where the server gave way.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from target import ROOT, Probe, Target, fetch, self_signed

failures: list[str] = []


def verdict(name: str, fine: bool, words: str) -> None:
    print(f"{'ok  ' if fine else 'FAIL'} {name}: {words}", flush=True)
    if not fine:
        failures.append(name)


def missing(*tools: str) -> bool:
    for tool in tools:
        if shutil.which(tool) is None and not Path("/usr/sbin", tool).exists():
            print(f"skip {tool} is not installed", flush=True)
            return True
    return False


def slow(folder: Path) -> None:
    """Slow headers, slow bodies, slow readers: a client beside them must notice nothing."""
    if missing("slowhttptest"):
        return
    with Target(folder / "slow") as server:
        attacks = {
            "slow headers": ["-H", "-i", "2", "-x", "8"],
            "slow body": ["-B", "-i", "2", "-x", "8", "-s", "100000", "-t", "POST"],
            "slow reading": ["-X", "-w", "10", "-y", "20", "-n", "2", "-z", "8", "-k", "3"],
        }
        for name, options in attacks.items():
            url = f"{server.base}/{'openapi.json' if name == 'slow reading' else 'api/v1/sessions'}"
            with Probe(server.base) as probe:
                output = subprocess.run(
                    ["slowhttptest", *options, "-c", "1000", "-r", "200", "-l", "30", "-p", "3", "-u", url],
                    capture_output=True, text=True, timeout=90).stdout
            plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
            counts = {word: int(count) for word, count in re.findall(r"(connected|closed|error):\s+(\d+)", plain)}
            available = re.findall(r"service available:\s+(\w+)", plain)
            verdict(
                name, probe.failed == 0 and "NO" not in available,
                f"1000 connections, at the end {counts}; beside them {probe.succeeded} answers, {probe.failed} failures, "
                f"the slowest after {probe.slowest * 1000:.0f} ms")


def tls(folder: Path) -> None:
    """What TLS is spoken, and whether one of its known attacks works."""
    if missing("openssl"):
        return
    certificate, key = self_signed(folder)
    with Target(folder / "tls", "--tls-cert", certificate, "--tls-key", key) as server:
        for version, taken in [("tls1", False), ("tls1_1", False), ("tls1_2", True), ("tls1_3", True)]:
            result = subprocess.run(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", f"-{version}", "-cipher", "ALL:@SECLEVEL=0"],
                input="", capture_output=True, text=True, timeout=20)
            verdict(f"openssl {version}", (result.returncode == 0) == taken, "taken" if result.returncode == 0 else "refused")
        _, headers, _ = fetch(server.base + "/")
        verdict("HSTS", "max-age" in headers.get("Strict-Transport-Security", ""), headers.get("Strict-Transport-Security", "-"))
        if missing("testssl"):
            return
        output = subprocess.run(
            ["testssl", "--quiet", "--color", "0", "--warnings", "off", "-p", "-s", "-f", "-U", "--ip", "one",
             f"127.0.0.1:{server.port}"], capture_output=True, text=True, timeout=1200).stdout
        (folder / "testssl.txt").write_text(output)
        bad = [line.strip() for line in output.splitlines() if re.search(r"VULNERABLE|NOT ok", line) and "not vuln" not in line]
        checked = len(re.findall(r"not vulnerable|not offered \(OK\)|offered \(OK\)", output))
        verdict("testssl", not bad and checked > 10, f"{checked} points fine" + "".join(f"; {line}" for line in bad))


def proxy(folder: Path) -> None:
    """The documented configuration of nginx, in front of the real binary."""
    if missing("nginx", "openssl"):
        return
    from proxied import check
    check(folder, verdict)


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["slow", "tls", "proxy"]
    print(f"binary: {os.path.relpath(Target.binary(), ROOT)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="winnow-attack-") as name:
        for part in chosen:
            {"slow": slow, "tls": tls, "proxy": proxy}[part](Path(name))
    sys.exit(1 if failures else 0)

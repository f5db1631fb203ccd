"""Winnow behind nginx, by the configuration in docs/deployment."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from target import ROOT, Target, fetch, self_signed

Verdict = Callable[[str, bool, str], None]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configuration(folder: Path, upstream: int, port: int) -> Path:
    """The documented server blocks with this test's ports and files, inside the least of an nginx.conf."""
    certificate, key = self_signed(folder)
    site = (ROOT / "docs/deployment/nginx.conf").read_text()
    for old, new in [
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{upstream};"), ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"), ("/etc/ssl/label.example/fullchain.pem", certificate),
        ("/etc/ssl/label.example/privkey.pem", key),
    ]:
        assert old in site, old
        site = site.replace(old, new)
    temporary = "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    file = folder / "nginx.conf"
    file.write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n  access_log off;\n{temporary}{site}\n}}\n")
    return file


def first_event(port: int, path: str, token: str, provoke: Callable[[], object]) -> tuple[bytes, float]:
    """Opens an event stream through the proxy, does something, and returns what comes and how many seconds after."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.readline(), answer.readline()
    start = time.monotonic()
    provoke()
    lines = b""
    while b"data:" not in lines:
        lines += answer.readline()
    connection.close()
    return lines, time.monotonic() - start


def check(folder: Path, verdict: Verdict) -> None:
    """Runs the checks."""
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with Target(folder / "proxied", "--trusted-proxy", "127.0.0.1") as server:
        port = free_port()
        process = subprocess.Popen([nginx, "-c", str(configuration(folder, server.port, port)), "-p", str(folder)])
        try:
            base = f"https://127.0.0.1:{port}"
            for _ in range(100):
                try:
                    status, headers, _ = fetch(base + "/label.html")
                    break
                except OSError:
                    time.sleep(0.05)
            verdict("nginx page", status == 200 and "max-age" in headers.get("Strict-Transport-Security", ""), f"{status}, with HSTS")
            _, plain, _ = fetch(server.base + "/label.html")
            verdict("nginx scheme", "Strict-Transport-Security" not in plain, "no HSTS without the proxy")
            status, headers, _ = fetch(
                base + "/api/v1/sessions", json.dumps({"token": server.token}).encode(), {"Content-Type": "application/json"})
            verdict("nginx cookie", status == 201 and "; Secure" in headers.get("Set-Cookie", ""), "Secure behind the proxy")
            rows = b"".join(json.dumps({"text": f"text {n} " + "x" * 500}).encode() + b"\n" for n in range(40_000))
            bearer = {"Authorization": f"Bearer {server.token}"}
            items = f"{base}/api/v1/projects/{server.project}/items"
            status, _, answer = fetch(items, rows, bearer | {"Content-Type": "application/x-ndjson"}, timeout=120)
            verdict("nginx upload", status == 200 and json.loads(answer)["created"] == 40_000, f"{len(rows) >> 20} MiB streamed")
            lines, seconds = first_event(
                port, f"/api/v1/projects/{server.project}/events", server.token,
                lambda: server.send(
                    f"projects/{server.project}/annotations", {"item": json.loads(fetch(items + "?limit=1", None, bearer)[2])["items"][0]["id"], "labels": ["a"]}))
            verdict("nginx events", b"event:" in lines, f"an event came through after {seconds * 1000:.0f} ms")
        finally:
            process.terminate()
            process.wait(10)

"""What axe-core finds wrong with a page as it stands, in words."""

from axe_playwright_python.sync_playwright import Axe


def violations(page) -> list:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {one['help']}\n    " + "\n    ".join(node["html"] + " " + node["failureSummary"] for node in one["nodes"])
            for one in found]

"""Does `regulars up` hold its folder, keep its processes running, and leave none behind?"""

from __future__ import annotations

import os
import shutil
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from demo_commands import NAMES, ROOT, Command, is_alive, wait_for


def test_up_holds_its_folder_keeps_its_processes_running_and_stops_them_all(
    regulars: Callable[..., Command], tmp_path: Path
) -> None:
    data = tmp_path / "shop"
    shop = regulars("up", data=data)
    wait_for(lambda: "up. Stop with Ctrl-C." in shop.said(), "shop that is up")
    first = shop.pids()
    assert set(first) == set(NAMES)
    for journey in ("welcome", "abandoned_cart"):
        link = f"{shop.address('Temporal UI')}/namespaces/default/workflows?query=Journey%3D%22{journey}%22"
        assert link in shop.said()
        assert answers(link)

    second = regulars("up", data=data)
    assert second.finish(patience=30) == 1
    assert "already up" in second.said()
    assert str(shop.process.pid) in second.said()
    assert "Traceback" not in second.said()

    for name in ("web", "sandbox", "temporal"):
        os.kill(first[name], signal.SIGKILL)
    now = wait_for(lambda: renewed(first, shop.pids()), "three new processes")
    for url in (shop.address("inbox"), shop.address("Temporal UI"), ready(shop)):
        wait_for(lambda url=url: answers(url), f"answer from {url}")
    assert now["worker"] == first["worker"]
    for name in ("web", "sandbox", "temporal"):
        assert f"{name} ended with -9" in shop.said()

    shop.process.send_signal(signal.SIGTERM)
    assert shop.finish(patience=40) == 0
    assert not [pid for pid in {*first.values(), *now.values()} if is_alive(pid)]
    assert not (data / "pids.json").exists()


def renewed(first: dict[str, int], now: dict[str, int]) -> dict[str, int] | None:
    """Those that run now, once the three that were killed are others than at first."""
    return now if all(now.get(name, first[name]) != first[name] for name in ("web", "sandbox", "temporal")) else None


def ready(shop: Command) -> str:
    return shop.address("shop webhooks").removesuffix("/webhooks/shopify") + "/readyz"


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return 200 <= answer.status < 300
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("command", ["up", "demo"])
def test_mistakes_in_the_journeys_are_all_listed_and_nothing_is_started(
    regulars: Callable[..., Command], tmp_path: Path, command: str
) -> None:
    written = (ROOT / "journeys.yaml").read_text("utf-8")
    bad = tmp_path / "journeys.yaml"
    bad.write_text(written.replace("wait: 1 day", "wait: 1 dya").replace("settle:", "setle:"), "utf-8")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    data = tmp_path / "shop"
    shop = regulars(command, data=data, JOURNEYS_FILE=str(bad), TEMPLATES_FOLDER=str(tmp_path / "templates"))

    assert shop.finish(patience=30) == 1

    assert "dya" in shop.said()
    assert "setle" in shop.said()
    assert "Traceback" not in shop.said()
    assert "starting" not in shop.said()
    assert not (data / "regulars.db").exists()


def test_the_demo_refuses_a_folder_that_holds_a_shop(regulars: Callable[..., Command], tmp_path: Path) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    (data / "regulars.db").write_bytes(b"somebody's")
    demo = regulars("demo", "--exit", data=data)
    assert demo.finish(patience=30) == 1
    assert "holds a shop already" in demo.said()
    assert (data / "regulars.db").read_bytes() == b"somebody's"


NOISE = ("WARN", "ERROR", "Traceback", "  File ", "Exception", "cancelled")


def test_the_logs_of_a_shop_that_was_stopped_hold_no_noise(regulars: Callable[..., Command], tmp_path: Path) -> None:
    data = tmp_path / "shop"
    shop = regulars("up", data=data)
    wait_for(lambda: "up. Stop with Ctrl-C." in shop.said(), "shop that is up")
    shop.process.send_signal(signal.SIGINT)
    assert shop.finish(patience=40) == 0
    logs = {name: (data / "logs" / f"{name}.log").read_text() for name in NAMES}
    theirs = logs.pop("temporal")  # the server grumbles in its own words when it is stopped in the middle of a poll
    assert theirs.count("\n") <= 80, theirs
    lines = [line for text in logs.values() for line in text.splitlines()]
    assert [line for line in lines if any(word in line for word in NOISE)] == []
    assert len(lines) <= 40, lines


def test_a_demo_told_to_stop_stops_everything(regulars: Callable[..., Command], tmp_path: Path) -> None:
    demo = regulars("demo", "--days", "9", "--customers", "5", "--json", "--exit", data=tmp_path / "shop")
    demo.address("inbox")
    pids = demo.pids()
    assert set(pids) == set(NAMES)
    demo.process.send_signal(signal.SIGTERM)
    assert demo.finish(patience=40) == 1
    assert demo.out.read_text() == ""
    assert not [pid for pid in pids.values() if is_alive(pid)]

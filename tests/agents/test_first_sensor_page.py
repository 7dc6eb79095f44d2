"""docs/first-sensor.md: what it tells a newcomer to write is right, and gives the value that it promises."""

import os
import re
import threading
import tty
from pathlib import Path

from agents.catalog.catalog import entries
from agents.drivers import DRIVERS
from hub.contract.channels import Number
from hub.contract.config.load import load

PAGE = (Path(__file__).parents[2] / "docs" / "first-sensor.md").read_text()
BEGIN = "version: 1\nagents: {bench: {}}\nstands:\n"
PORT = re.compile(r"/dev/serial/by-id/usb-FTDI\S+")


def test_the_scale_of_the_page_gives_its_weight(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    line = re.search(r"\| `(W=.*?)` \|", PAGE)
    assert line

    def answer() -> None:
        for _ in range(2):
            assert os.read(ours, 100) == b"Q\r\n"
            os.write(ours, line[1].encode() + b"\r\n")

    scale = threading.Thread(target=answer)
    scale.start()
    found = []
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        file = tmp_path / "config.yaml"
        file.write_text(BEGIN + PORT.sub(os.ttyname(theirs), text))
        entry = entries(load(file), DRIVERS)["kitchen/scale"]
        driver = entry.driver(entry.options(tmp_path).model_copy(update={"timeout": 30.0}))  # the machine may be busy
        driver.open()
        assert driver.read().values == {"weight": 12.53}
        driver.close()
        found.append(entry.description.channels)
    scale.join(5)
    os.close(ours)
    os.close(theirs)
    assert found == [
        (Number("weight"),),
        (Number("weight", title="Weight", unit="g", low=0, high=5000, decimals=2),),
    ]

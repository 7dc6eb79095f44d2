"""The beginning of a driver of one's own: driver, simulator and test, written from templates. They work as they are."""

from pathlib import Path
from string import Template

import agents
from hub.contract.errors import Code, Refused

_TEMPLATES = Path(agents.__file__).parent / "template"


def begin(name: str, folder: Path) -> list[Path]:
    """Write the three files of the driver `name`. Raises Refused when one of them is there already."""
    files = {
        folder / f"{name}.py": "driver.py.template",
        folder / "simulators" / f"{name}.py": "simulator.py.template",
        folder / "tests" / f"test_{name}.py": "test.py.template",
    }
    for file in files:
        if file.exists():
            raise Refused(Code.BUSY, f"{file} is there already; choose another name, or move it away.")
    words = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "cls": "".join(word.capitalize() for word in name.split("_")),
    }
    for file, template in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template((_TEMPLATES / template).read_text()).substitute(words))
    return list(files)

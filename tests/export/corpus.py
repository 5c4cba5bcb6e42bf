"""Real notebooks, from the source packages that `packages.txt` names; each is downloaded once into Cargo's target."""

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent.parent
MANIFEST = Path(__file__).parent / "packages.txt"


@dataclass
class Package:
    """A pinned package and how many notebooks its source package holds."""

    name: str
    version: str
    notebooks: int

    @property
    def pin(self) -> str:
        """The requirement, for pip."""
        return f"{self.name}=={self.version}"

    @property
    def folder(self) -> Path:
        """Where the notebooks are, once downloaded."""
        return cache() / f"{self.name}-{self.version}"

    def paths(self) -> list[Path]:
        """Return the notebooks, downloaded if necessary, in a fixed order."""
        if not (self.folder / "complete").exists():
            self.download()
        return sorted(self.folder.rglob("*.ipynb"))

    def download(self) -> None:
        """Download the source package with pip and keep its notebooks only."""
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
            # pip builds nothing but the package's metadata.
            subprocess.run([*pip, "--no-binary", self.name, "--dest", folder, self.pin], check=True)
            [archive] = Path(folder).iterdir()
            for name, content in notebooks_in(archive):
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "complete").touch()


def cache() -> Path:
    """Return the folder for downloaded notebooks."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return ROOT / target / "dev" / "notebooks"


def packages() -> list[Package]:
    """Read the manifest: `name==version notebooks` in each line."""
    lines = [line.split("#")[0].split() for line in MANIFEST.read_text().splitlines()]
    return [Package(*line[0].split("=="), int(line[1])) for line in lines if line]


def notebooks_in(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each notebook in a source package."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for name in filter(is_notebook, zipped.namelist()):
                yield name, zipped.read(name)
    else:
        with tarfile.open(archive) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() and is_notebook(member.name) else None
                if content:
                    yield member.name, content.read()


def is_notebook(name: str) -> bool:
    """Return whether this is a notebook with a path that stays in the folder."""
    path = PurePosixPath(name)
    return path.suffix == ".ipynb" and not path.is_absolute() and ".." not in path.parts

"""What is compiled, and where it is kept."""

from pathlib import Path

import pytest

from clover.errors import BadInput
from clover.lab.engine import build, install, programs, versions
from clover.lab.progress import Progress


def test_generator_and_yaml_host_are_built_with_the_engines_own_version() -> None:
    assert programs.sdk().version == versions.pinned_engine()
    assert versions.pin(programs.LANGUAGES, versions.ENGINE_MODULE) == versions.pinned_engine()
    assert versions.parse(programs.yaml().version) >= (1, 38, 1)


def test_each_program_is_kept_apart_and_by_what_it_is_built_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = [program().kept() for program in (programs.engine, programs.sdk, programs.yaml)]
    assert len({path.parent for path in kept}) == 3
    assert all(path.is_relative_to(tmp_path / "clover") for path in kept)
    changed = tmp_path / "languages"
    (changed / "sdk").mkdir(parents=True)
    for name in ("go.mod", "go.sum"):
        (changed / name).write_bytes((programs.LANGUAGES / name).read_bytes())
    (changed / "sdk" / "main.go").write_text("package main\n")
    assert programs.sdk()._replace(module=changed).kept() != programs.sdk().kept()


def test_a_companion_is_placed_beside_the_engine_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = tmp_path / "cache" / "pulumi-language-yaml"
    compiled.parent.mkdir()
    compiled.write_text("compiled")

    def built(_root: Path, _progress: Progress, _program: programs.Program) -> Path:
        return compiled

    monkeypatch.setattr(build, "build", built)
    monkeypatch.setenv("PATH", str(tmp_path))
    placed = install.beside(tmp_path, tmp_path / "bin", "yaml", Progress())
    assert placed == tmp_path / "bin" / "pulumi-language-yaml"
    assert placed.read_text() == "compiled"
    first = placed.stat()
    assert install.beside(tmp_path, tmp_path / "bin", "yaml", Progress()).stat() == first


def test_an_unknown_companion_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'java' is nothing that stands beside the engine; known: sdk, yaml"):
        install.beside(tmp_path, tmp_path, "java", Progress())

"""Keys are files of their own, bound to what they are for, until they are destroyed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from taawun.cooperation.agreement import Purpose
from taawun.cooperation.private import keyfile, oprf
from taawun.cooperation.private.keyfile import Binding
from taawun.cooperation.trust.party import CooperationField
from taawun.errors import Conflict, Refused, StoreError

BINDING = Binding(
    agreement="ab" * 32,
    owner="XB-FIU",
    asker="XA-FIU",
    field=CooperationField.AML_CFT,
    purpose=Purpose.INTELLIGENCE,
    period=1,
    scheme="taawun-tokens/1",
)
OTHERWISE = {
    "agreement": "cd" * 32,
    "owner": "XC-FIU",
    "asker": "XC-FIU",
    "field": CooperationField.TERRORISM,
    "purpose": Purpose.SANCTIONS,
    "period": 2,
    "scheme": "taawun-tokens/2",
}


def path_of(home: Path) -> Path:
    (found,) = (home / "private" / "keys").iterdir()
    return found


def test_a_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    seed = keyfile.make(tmp_path, BINDING)
    assert len(seed) == 32
    assert keyfile.seed_of(tmp_path, BINDING) == seed
    assert stat.S_IMODE(path_of(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE(path_of(tmp_path).parent.stat().st_mode) == 0o700


def test_a_period_has_one_key(tmp_path: Path) -> None:
    keyfile.make(tmp_path, BINDING)
    with pytest.raises(Conflict, match="a new key is a new period"):
        keyfile.make(tmp_path, BINDING)


def test_seeds_are_drawn_anew(tmp_path: Path) -> None:
    others = [BINDING.model_copy(update={"period": n}) for n in range(1, 9)]
    assert len({keyfile.make(tmp_path, each) for each in others}) == 8


@pytest.mark.parametrize("name", sorted(OTHERWISE))
def test_the_key_is_bound_to_everything_it_is_for(name: str) -> None:
    other = BINDING.model_copy(update={name: OTHERWISE[name]})
    assert other.name != BINDING.name
    assert oprf.public_key(bytes(32), other.info) != oprf.public_key(bytes(32), BINDING.info)


def test_a_destroyed_key_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = keyfile.make(tmp_path, BINDING)
    path, seen = path_of(tmp_path), []
    unlink = Path.unlink

    def watched(self: Path, missing_ok: bool = False) -> None:
        seen.append(self.read_bytes())
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", watched)
    assert keyfile.destroy(tmp_path, BINDING)
    assert not path.exists()
    assert [len(each) for each in seen] == [32]
    assert seen != [seed], "overwritten before it is unlinked"
    assert not keyfile.destroy(tmp_path, BINDING)
    with pytest.raises(Refused, match=r"match\.key_gone"):
        keyfile.seed_of(tmp_path, BINDING)


def test_a_damaged_key_is_not_used(tmp_path: Path) -> None:
    keyfile.make(tmp_path, BINDING)
    path_of(tmp_path).write_bytes(b"short")
    with pytest.raises(StoreError, match="5 bytes"):
        keyfile.seed_of(tmp_path, BINDING)

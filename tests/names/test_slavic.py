"""Patronymics, women's surnames and the shape of surnames."""

from __future__ import annotations

import pytest

from taawun.names.slavic import is_surname_shaped, masculine, masculine_forms, patronymic_of

FATHERS = """
ivanovich ivan
ivanovna ivan
petrovych petro
petrivna petro
pavlovich pavel
nikolaevich nikolai
nikolayevna nikolai
mykolaivna mykola
sergeyevich sergei
sergeevna sergei
yuryevich yuri
yurievna yuri
yurevich yuri
vasilyevich vasili
anatolyevna anatoli
dmitrievich dmitri
dmytrivna dmytro
igorevich igor
ihorivna ihor
oleksandrivna oleksandr
aliaksandrauna aliaksandr
ilyinichna ilya
ilyich ilya
nikitichna nikita
kuzmich kuzma
lvovna lev
magomedovich magomed
иванович иван
сергеевна сергей
юрьевич юрий
васильевна василий
андрійович андрій
іванівна іван
аляксандравіч аляксандр
львович лев
"""
MEN = """
ivanova ivanov
medvedeva medvedev
putina putin
golitsyna golitsyn
dostoevskaya dostoevskiy
kowalska kowalski
tsikhanouskaya tsikhanouskiy
tolstaya tolsty
grybauskaite grybauskas
papadopoulou papadopoulos
nikolaidou nikolaidis
иванова иванов
достоевская достоевский
порошенко порошенко
зеленська зеленський
путина путин
shevchenko shevchenko
irina irina
katerina katerina
marina marina
zoya zoya
ирина ирина
"""


def pairs(table: str) -> list[tuple[str, str]]:
    return [(line.split()[0], line.split()[1]) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("patronymic", "father"), pairs(FATHERS))
def test_the_father_behind_a_patronymic(patronymic: str, father: str) -> None:
    assert patronymic_of(patronymic) == father


@pytest.mark.parametrize(
    "token", ["ivan", "moscow", "ludovic", "ova", "olga", "иван", "", "ovich", "harouna"]
)
def test_what_is_no_patronymic(token: str) -> None:
    assert patronymic_of(token) == ""


@pytest.mark.parametrize(("woman", "man"), pairs(MEN))
def test_the_mans_form(woman: str, man: str) -> None:
    assert masculine(woman) == man


def test_a_czech_woman_has_a_husband_without_ov() -> None:
    assert masculine_forms("novakova") == ("novakov", "novak")


@pytest.mark.parametrize(
    "token", ["ivanov", "shevchenko", "dostoevsky", "saakashvili", "sargsyan", "кравчук", "ивић"]
)
def test_surnames_look_like_surnames(token: str) -> None:
    assert is_surname_shaped(token)


@pytest.mark.parametrize("token", ["ivan", "oleg", "muhammad", "anna", "ko", "иван"])
def test_given_names_do_not(token: str) -> None:
    assert not is_surname_shaped(token)

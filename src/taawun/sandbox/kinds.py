"""The kinds of movement of money, and how each is written: hour, channel, amount, purpose.

Launderers move money under the guise of one of these kinds, and everything that a ledger shows of
a movement beside who, when and how much is drawn from its kind alone, for them as for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

CARD, CASH, DEBIT, CRYPTO, TRANSFER, BUSINESS = range(6)
"""Ways to pay. A transfer is internal, instant, wire or cheque by where it goes."""

PRICE, ROUND, HUMAN, INVOICE, WHOLE = range(5)
"""How amounts are written: shop prices, cash, what people send, what is invoiced, whole units."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `hours` is a mixture of (hour, width, weight); `office` means bank days only."""

    code: str
    way: int
    amounts: int
    hours: tuple[tuple[float, float, float], ...]
    office: bool
    purposes: tuple[str, ...]


_SHOP = ((9.5, 1.3, 0.2), (12.8, 1.8, 0.35), (18.3, 2.1, 0.45))
_HOME = ((8.7, 1.6, 0.2), (13.2, 2.2, 0.25), (20.1, 2.0, 0.55))
_OFFICE = ((10.4, 1.2, 0.55), (14.3, 1.4, 0.45))
_NIGHT = ((3.6, 1.1, 1.0),)
_TILL = ((11.2, 1.9, 0.4), (17.1, 2.3, 0.6))

KINDS = (
    Kind("shopping", CARD, PRICE, _SHOP, False, ("",)),
    Kind("salary", TRANSFER, INVOICE, _NIGHT, True, ("SALA", "SALA", "Salary", "{s}")),
    Kind("rent", TRANSFER, ROUND, _HOME, False, ("RENT", "Rent", "", "{r}")),
    Kind("bill", DEBIT, PRICE, _NIGHT, True, ("ELEC", "PHON", "WTER", "GASB", "TAXS", "INSU")),
    Kind("friend", TRANSFER, HUMAN, _HOME, False, ("", "", "{g}", "GIFT", "{t}", "{l}")),
    Kind("family", TRANSFER, HUMAN, _HOME, False, ("FAMI", "{f}", "", "SUPP")),
    Kind("savings", TRANSFER, ROUND, _HOME, False, ("SAVG", "", "{v}")),
    Kind("withdrawal", CASH, ROUND, _SHOP, False, ("",)),
    Kind("deposit", CASH, HUMAN, _TILL, False, ("",)),
    Kind("invoice", BUSINESS, INVOICE, _OFFICE, True, ("{i}", "{i}", "SUPP", "GDDS", "SCVE")),
    Kind("trade", BUSINESS, INVOICE, _OFFICE, True, ("{i}", "GDDS", "{i}", "TRAD")),
    Kind("tax", BUSINESS, INVOICE, _OFFICE, True, ("TAXS", "VATX", "{x}")),
    Kind("benefit", TRANSFER, WHOLE, _NIGHT, True, ("BENE", "PENS", "SSBE")),
    Kind("settlement", BUSINESS, INVOICE, _NIGHT, True, ("MERC", "{c}", "SETT")),
    Kind("dividend", BUSINESS, ROUND, _OFFICE, True, ("DIVI", "{d}", "")),
    Kind("loan", BUSINESS, ROUND, _OFFICE, True, ("LOAN", "{l}", "LOAR")),
    Kind("exchange", CRYPTO, HUMAN, _HOME, False, ("", "CRYP", "{e}")),
    Kind("donation", TRANSFER, HUMAN, _HOME, False, ("CHAR", "{z}", "")),
    Kind("aid", BUSINESS, ROUND, _OFFICE, True, ("CHAR", "{z}", "{i}")),
    Kind("refund", CARD, PRICE, _NIGHT, True, ("REFU", "")),
    Kind("return", TRANSFER, PRICE, _OFFICE, True, ("RRTN", "")),
    Kind("purchase", TRANSFER, ROUND, _OFFICE, True, ("", "{p}", "GDSV")),
    Kind("pooling", BUSINESS, INVOICE, _NIGHT, True, ("INTC", "CASH", "TREA")),
    Kind("club", TRANSFER, ROUND, _HOME, False, ("", "{k}", "OTHR")),
    Kind("fee", BUSINESS, INVOICE, _OFFICE, True, ("SCVE", "{i}", "COMM")),
)  # fmt: skip
NUMBER = {kind.code: number for number, kind in enumerate(KINDS)}
"""The place of a kind in KINDS, by its code."""

SAID: dict[str, dict[str, str]] = {
    "latn": {
        "s": "Monthly pay", "r": "Rent flat", "g": "Birthday", "t": "Dinner", "l": "Loan",
        "f": "For the family", "v": "Savings", "i": "Invoice {n}", "x": "Tax {n}",
        "c": "Card settlement {n}", "d": "Dividend", "e": "Wallet", "z": "Donation",
        "p": "Car", "k": "Savings circle",
    },
    "arab": {
        "s": "راتب الشهر", "r": "إيجار الشقة", "g": "هدية", "t": "عشاء", "l": "سلفة",
        "f": "مصروف البيت", "v": "ادخار", "i": "فاتورة {n}", "x": "ضريبة {n}",
        "c": "تسوية بطاقات {n}", "d": "أرباح", "e": "محفظة", "z": "تبرع",
        "p": "سيارة", "k": "جمعية",
    },
    "cyrl": {
        "s": "Зарплата", "r": "Аренда", "g": "Подарок", "t": "Ужин", "l": "Заём",
        "f": "Семье", "v": "Накопления", "i": "Счёт {n}", "x": "Налог {n}",
        "c": "Эквайринг {n}", "d": "Дивиденды", "e": "Кошелёк", "z": "Пожертвование",
        "p": "Автомобиль", "k": "Касса",
    },
    "hani": {
        "s": "工资", "r": "房租", "g": "红包", "t": "聚餐", "l": "借款", "f": "家用", "v": "储蓄",
        "i": "发票 {n}", "x": "税款 {n}", "c": "结算 {n}", "d": "分红", "e": "钱包", "z": "捐款",
        "p": "购车", "k": "互助会",
    },
}  # fmt: skip
"""What people write under a payment, in the script of their country; `{n}` is a number."""

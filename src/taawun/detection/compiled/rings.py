"""Which transfers may lie in a cycle at all: what cannot falls away, and what then cannot.

A cycle opens with one transfer, goes on with others, and the last of these closes it. Whoever goes
on, or closes, pays as an account that may be walked through. So in every cycle

- what opens it is followed by one that goes on, and its payer is paid later by one that does;
- what goes on follows another into its payer, and is followed by one that goes on from its payee,
  or else its payee is where the cycle opened, earlier.

All within the window, equal times allowed. Transfers of which this is not so lie in no cycle; they
are left out, over and over, as long as that pays. Whatever is left out was in no cycle, so it does
not matter how far this is taken, nor in which order the threads see one another's answers.
"""

from __future__ import annotations

import numpy as np

from taawun.detection.compiled.places import Bools
from taawun.detection.compiled.ranges import shared
from taawun.jit import I32, I64, U8, kernel
from taawun.ledger.network import Network

OPENS, GOES_ON = 1, 2
"""Bits: a transfer may open a cycle, may go on with one."""
PAYS = 0.9
"""Falling to this share of the transfers in a round pays for another round."""
ROUNDS = 12


def in_rings(network: Network, window: int, degree: int, threads: int) -> tuple[Bools, Bools]:
    """For each transfer (n) whether it may open a cycle, and whether it may go on with one."""
    real = network.source != network.target
    by_payer = np.where(real, np.uint8(OPENS | GOES_ON), np.uint8(0))
    by_payee = by_payer.copy()
    n = network

    def walkable(low: int, high: int) -> None:
        _walkable(n.at, n.out_start, n.out, real, low, high, window, degree, by_payer)

    def falls(low: int, high: int) -> None:
        _falls(n.at, n.out_start, n.out, n.into_start, n.into, low, high, window, by_payer,
               by_payee)  # fmt: skip

    shared(walkable, n.out_start, threads)
    left = 2 * network.size
    for _ in range(ROUNDS):
        shared(falls, n.out_start + n.into_start, threads)
        both = by_payer & by_payee
        fewer = int(np.count_nonzero(both & OPENS)) + int(np.count_nonzero(both & GOES_ON))
        if fewer >= PAYS * left:
            break
        left = fewer
    return (both & OPENS) > 0, (both & GOES_ON) > 0


@kernel
def _walkable(
    at: I64, out_start: I64, out: I32, real: Bools, low: int, high: int, window: int, degree: int,
    by_payer: U8,
) -> None:  # fmt: skip
    """What lies in no window in which its payer pays at most `degree` goes on with nothing.

    Whatever window a transfer lies in, it holds the half window before it or the half after it.
    """
    half = window // 2
    for account in range(low, high):
        own = out[out_start[account] : out_start[account + 1]]
        if len(own) <= degree:
            continue
        tail = head = around = before = 0
        for each in own:
            now = at[each]
            while at[own[tail]] < now - half:
                before -= real[own[tail]]
                around -= real[own[tail]]
                tail += 1
            while head < len(own) and at[own[head]] <= now + half:
                around += real[own[head]]
                head += 1
            before += real[each]
            if before > degree and around - before + real[each] > degree:
                by_payer[each] &= OPENS


@kernel
def _falls(
    at: I64, out_start: I64, out: I32, into_start: I64, into: I32, low: int, high: int,
    window: int, by_payer: U8, by_payee: U8,
) -> None:  # fmt: skip
    for account in range(low, high):
        sent = out[out_start[account] : out_start[account + 1]]
        came = into[into_start[account] : into_start[account + 1]]
        _at_payee(at, sent, came, window, by_payer, by_payee)
        _at_payer(at, sent, came, window, by_payer, by_payee)


@kernel
def _at_payee(at: I64, sent: I32, came: I32, window: int, by_payer: U8, by_payee: U8) -> None:
    """What comes needs one that goes on from here, or to be where a cycle opened earlier."""
    ahead = behind = 0
    opened = -1
    for each in came:
        if by_payee[each] & by_payer[each] == 0:
            continue
        now = at[each]
        while ahead < len(sent) and (
            at[sent[ahead]] < now or not by_payer[sent[ahead]] & by_payee[sent[ahead]] & GOES_ON
        ):
            ahead += 1
        while behind < len(sent) and at[sent[behind]] <= now:
            if by_payer[sent[behind]] & by_payee[sent[behind]] & OPENS:
                opened = behind
            behind += 1
        if ahead == len(sent) or at[sent[ahead]] - now > window:
            closes = opened >= 0 and now - at[sent[opened]] <= window
            by_payee[each] &= GOES_ON if closes else 0


@kernel
def _at_payer(at: I64, sent: I32, came: I32, window: int, by_payer: U8, by_payee: U8) -> None:
    """What goes on needs one that came before; what opens needs one that comes home later."""
    ahead = behind = 0
    paid = -1
    for each in sent:
        if by_payee[each] & by_payer[each] == 0:
            continue
        now = at[each]
        while ahead < len(came) and (
            at[came[ahead]] < now or not by_payer[came[ahead]] & by_payee[came[ahead]] & GOES_ON
        ):
            ahead += 1
        while behind < len(came) and at[came[behind]] <= now:
            if by_payer[came[behind]] & by_payee[came[behind]]:
                paid = behind
            behind += 1
        if paid < 0 or now - at[came[paid]] > window:
            by_payer[each] &= OPENS
        if ahead == len(came) or at[came[ahead]] - now > window:
            by_payer[each] &= GOES_ON

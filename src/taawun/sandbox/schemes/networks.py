"""Typologies that are shapes: fans, gathering and scattering, cycles, layers, conduits."""

from __future__ import annotations

from itertools import pairwise

from taawun.sandbox.calendar import DAY
from taawun.sandbox.schemes.stage import Stage


def fan_in(stage: Stage) -> None:
    """Many pay one, over days or weeks; the one moves on with it."""
    count = stage.count(4, 9, 40)
    collector = stage.members(1)[0]
    span = stage.rng.uniform(1.5, 6) * stage.skill.dwell**0.45
    last = stage.start
    for helper, part in zip(stage.people(count), stage.split(stage.worth, count), strict=False):
        begins = stage.within(span)
        if stage.rng.random() < 0.4:
            begins = stage.enter(helper, part, begins) + stage.rests()
        last = max(last, stage.pay(helper, collector, stage.less(part), begins))
    if stage.rng.random() < 0.75:
        stage.leave(collector, stage.less(stage.worth), last + stage.rests())


def fan_out(stage: Stage) -> None:
    """One pays many; they take it out."""
    count = stage.count(4, 9, 40)
    source = stage.members(1)[0]
    ready = stage.enter(source, stage.worth, stage.start)
    span = stage.rng.uniform(0.5, 5) * stage.skill.dwell**0.45
    for helper, part in zip(
        stage.people(count), stage.split(stage.less(stage.worth), count), strict=False
    ):
        begins = ready + stage.rests(0.5) + stage.rng.random() * span * DAY
        at = stage.pay(source, helper, part, begins)
        if stage.rng.random() < 0.6:
            stage.leave(helper, stage.less(part), at + stage.rests())


def gather_scatter(stage: Stage) -> None:
    """Many pay one, who then pays many others."""
    inward, outward = stage.count(3, 6, 20), stage.count(3, 6, 20)
    centre = stage.members(1)[0]
    span = stage.rng.uniform(1, 5) * stage.skill.dwell**0.4
    ends = [
        stage.pay(helper, centre, part, stage.within(span))
        for helper, part in zip(
            stage.people(inward), stage.split(stage.worth, inward), strict=False
        )
    ]
    out = stage.less(stage.worth)
    # The careful do not wait until all is there
    begins = max(ends) if stage.rng.random() < 0.6 else sorted(ends)[len(ends) // 2]
    for helper, part in zip(stage.people(outward), stage.split(out, outward), strict=False):
        at = stage.pay(centre, helper, part, begins + stage.rests())
        if stage.rng.random() < 0.35:
            stage.leave(helper, stage.less(part), at + stage.rests())


def scatter_gather(stage: Stage) -> None:
    """One pays many, who all pay one other."""
    count = stage.count(3, 6, 24)
    source, sink = stage.members(2)
    ready = stage.start
    if stage.rng.random() < 0.5:
        ready = stage.enter(source, stage.worth, stage.start)
    span = stage.rng.uniform(0.3, 3) * stage.skill.dwell**0.4
    for helper, part in zip(stage.members(count), stage.split(stage.worth, count), strict=False):
        at = stage.pay(source, helper, part, ready + stage.rng.random() * span * DAY)
        stage.pay(helper, sink, stage.less(part), at + stage.rests())


def cycle(stage: Stage) -> None:
    """Money goes round through several accounts and comes back to where it began."""
    ring = stage.members(stage.count(3, 4.6, 10))
    worth, at = stage.worth, stage.start
    for source, target in zip(ring, [*ring[1:], ring[0]], strict=True):
        parts = 1 if stage.rng.random() < 0.75 else 2
        ends = [
            stage.pay(source, target, part, at + stage.rests(0.8))
            for part in stage.split(worth, parts)
        ]
        worth, at = stage.less(worth), max(ends)


def bipartite(stage: Stage) -> None:
    """Several pay several others, crosswise."""
    left, right = stage.count(2, 3.4, 8), stage.count(2, 3.8, 9)
    sources, targets = stage.members(left), stage.members(right)
    dense = stage.rng.uniform(0.6, 1.0)
    span = stage.rng.uniform(1, 5) * stage.skill.dwell**0.45
    for source in sources:
        for target, part in zip(
            targets, stage.split(stage.worth / left, len(targets)), strict=True
        ):
            if stage.rng.random() < dense:
                stage.pay(source, target, part, stage.within(span))


def stack(stage: Stage) -> None:
    """Layers of accounts, each paying the next, crosswise."""
    layers = [stage.members(stage.count(2, 2.6, 5)) for _ in range(int(stage.rng.integers(3, 6)))]
    held = dict.fromkeys(layers[0], stage.worth / max(len(layers[0]), 1))
    ready = dict.fromkeys(layers[0], stage.start)
    for upper, lower in pairwise(layers):
        got: dict[int, float] = {}
        when: dict[int, float] = {}
        for source in upper:
            if source not in held:
                continue
            some = [each for each in lower if stage.rng.random() < 0.75] or lower[:1]
            parts = stage.split(stage.less(held[source]), len(some))
            for target, part in zip(some, parts, strict=True):
                at = stage.pay(source, target, part, ready[source] + stage.rests(0.7))
                got[target] = got.get(target, 0.0) + part
                when[target] = max(when.get(target, 0.0), at)
        held, ready = got, when


def pass_through(stage: Stage) -> None:
    """What comes in goes out again soon, less a cut: a chain, or one conduit many times."""
    if stage.rng.random() < 0.5:
        chain = stage.members(stage.count(4, 5, 8))
        worth = stage.worth
        at = stage.enter(chain[0], worth, stage.start)
        for source, target in pairwise(chain):
            worth = stage.less(worth)
            at = stage.pay(source, target, worth, at + stage.rests(0.6))
        stage.leave(chain[-1], stage.less(worth), at + stage.rests(0.6))
        return
    conduit = stage.members(1)[0]
    turns = stage.count(2, 4, 10)
    sources, targets = stage.members(min(turns, 3)), stage.members(min(turns, 3))
    at = stage.start
    for part in stage.split(stage.worth, turns):
        source = sources[int(stage.rng.integers(len(sources)))]
        target = targets[int(stage.rng.integers(len(targets)))]
        came = stage.pay(source, conduit, part, at + stage.rng.exponential(3) * DAY)
        at = stage.pay(conduit, target, stage.less(part), came + stage.rests(0.6))

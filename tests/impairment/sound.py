#!/usr/bin/env python3
"""Scores the speech that arrived against the speech that was said, and prints the scores as JSON.

Only `make bench-impairment` runs this, with the packages of requirements.txt. Both files are 48 kHz, one channel. The
speech was played over and over, from the times given on; what arrived begins at a time of the same clock.

What arrived is laid beside what was said in stretches of two seconds, by cross-correlation, and within them of half a
second, as a jitter buffer stretches time: how much later a stretch is found is its delay from mouth to ear.
"""
import argparse
import json
import warnings
import wave

import numpy as np
from pystoi import stoi
from scipy.signal import fftconvolve, resample_poly

RATE = 48_000
COARSE = 2 * RATE
FINE = RATE // 2
# The longest delay from mouth to ear that is looked for, and how far a part of a stretch may be from the whole.
LONGEST_DELAY = 3 * RATE // 2
WAVERING = RATE * 80 // 1_000
# What is correlated less than this is not recognised, and laid where the stretch before it was.
RECOGNISED = 0.3
BLOCK = RATE // 100
# A gap: quieter than what was said by so many decibels, where something was said.
GAP_DB = 30
SPEECH_DB = -45


def main():
    arguments = parse_arguments()
    said = timeline(read(arguments.said), arguments.began, arguments.start, arguments.until)
    heard = read(arguments.heard)
    skipped = round((arguments.start - arguments.heard_from) * RATE)
    heard = np.pad(heard, (max(-skipped, 0), LONGEST_DELAY))[max(skipped, 0):]
    heard = np.pad(heard, (0, max(0, len(said) + LONGEST_DELAY - len(heard))))
    print(json.dumps(score(said, heard, arguments.start)))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--said", required=True, help="the file that was played")
    parser.add_argument("--began", type=float, nargs="+", required=True, help="when each time, in seconds since 1970")
    parser.add_argument("--heard", required=True, help="the file that arrived")
    parser.add_argument("--heard-from", type=float, required=True, help="when that begins")
    parser.add_argument("--start", type=float, required=True, help="what is scored begins then")
    parser.add_argument("--until", type=float, required=True, help="and ends then")
    return parser.parse_args()


def read(path):
    with wave.open(path) as file:
        shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        if shape != (RATE, 1, 2):
            raise SystemExit(f"{path} is not 48 kHz, one channel, 16 bit: {shape}")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32_768


def timeline(speech, began, start, until):
    """What was said from start until then."""
    said = np.zeros(round((until - start) * RATE))
    for begin, end in zip(began, began[1:] + [until]):
        at = round((begin - start) * RATE)
        part = speech[: round((end - begin) * RATE)]
        part = part[max(-at, 0):]
        at = max(at, 0)
        part = part[: max(len(said) - at, 0)]
        said[at : at + len(part)] = part
    return said


def score(said, heard, start):
    aligned, pieces = align(said, heard)
    delays = [delay for _, delay in pieces]
    said = said[: len(aligned)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        intelligible = float(stoi(said, aligned, RATE))
    gaps = find_gaps(said, aligned)
    return {
        "stoi": intelligible,
        "pesq": perceived(said, aligned),
        "delay_ms": 1e3 * float(np.median(delays)) / RATE if delays else None,
        "delay_high_ms": 1e3 * float(np.percentile(delays, 95)) / RATE if delays else None,
        "delays": [[int(1e6 * (start + at / RATE)), 1e3 * delay / RATE] for at, delay in pieces],
        "gaps": len(gaps),
        "longest_gap_ms": max(gaps, default=0),
    }


def align(said, heard):
    """What arrived, laid beside what was said, and where what was recognised begins, with its delay."""
    delays, lags = [], []
    for at in range(0, len(said) - COARSE + 1, COARSE):
        found, certainty = best_lag(said[at : at + COARSE], heard[at : at + COARSE + LONGEST_DELAY])
        if certainty >= RECOGNISED:
            delays.append((at, found))
        lags.append(found if certainty >= RECOGNISED else (lags or [0])[-1])
    aligned = []
    for stretch, lag in enumerate(lags):
        # Where the delay changes within a stretch, its parts are where the stretches beside it are.
        near = lags[max(stretch - 1, 0) : stretch + 2]
        for part in range(stretch * COARSE, (stretch + 1) * COARSE, FINE):
            first = max(part + min(near) - WAVERING, 0)
            found, certainty = best_lag(said[part : part + FINE], heard[first : part + max(near) + FINE + WAVERING])
            start = first + found if certainty >= RECOGNISED else part + lag
            aligned.append(heard[start : start + FINE])
    return (np.concatenate(aligned) if aligned else np.zeros(0)), delays


def best_lag(needle, hay):
    """Where in the hay the needle is, and how alike they are there, 0 to 1."""
    size = np.linalg.norm(needle)
    if size < 1e-3 * np.sqrt(len(needle)):
        return 0, 0.0
    products = fftconvolve(hay, needle[::-1], mode="valid")
    sums = np.concatenate([[0.0], np.cumsum(hay**2)])
    energies = np.sqrt(np.maximum(sums[len(needle) :] - sums[: -len(needle)], 1e-9))
    alike = products / (energies * size)
    best = int(np.argmax(alike))
    return best, float(alike[best])


def find_gaps(said, heard):
    """The lengths, in milliseconds, of all stretches over 20 ms in which speech is missing."""
    gaps, missing = [], 0
    for at in range(0, len(said) - BLOCK + 1, BLOCK):
        spoken, there = (level(signal[at : at + BLOCK]) for signal in (said, heard))
        if spoken > SPEECH_DB and there < spoken - GAP_DB:
            missing += 1
            continue
        if missing > 2:
            gaps.append(missing * 10)
        missing = 0
    return gaps + ([missing * 10] if missing > 2 else [])


def level(block):
    return 10 * np.log10(np.mean(block**2) + 1e-12)


def perceived(said, heard):
    """PESQ, wideband (ITU-T P.862.2); none where there is nothing to compare."""
    try:
        from pesq import PesqError, pesq
    except ImportError:
        return None
    said, heard = (resample_poly(signal, 1, 3) for signal in (said, heard))
    try:
        return float(pesq(16_000, said, heard, "wb"))
    except PesqError:
        return None


if __name__ == "__main__":
    main()

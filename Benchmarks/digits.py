"""Digits that nobody here made, through the convolutional networks: scikit-learn's 8 x 8 images with their labels.

    pip install scikit-learn
    python3 Benchmarks/digits.py make digits.npz
    fastsim train Examples/digits.yaml
    fastsim sample latest --count 5000 --out generated.npz
    python3 Benchmarks/digits.py judge generated.npz

`judge` prints one JSON line: the share of generated digits that a classifier takes for the digit of their condition. The
classifier (a support vector machine with scikit-learn's settings for these digits) learns from one half of the real digits;
its accuracy on the other half is what perfect digits would have, and stands beside.
"""

import json
import sys

import numpy
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

PIXELS = [f"p{row}{column}" for row in range(8) for column in range(8)]
LABELS = [f"is{digit}" for digit in range(10)]


def real():
    """Pixels from 0 to 1, shape [1797, 64], and labels."""
    digits = load_digits()
    return digits.data / 16.0, digits.target


def make(path):
    pixels, labels = real()
    columns = {name: pixels[:, place] for place, name in enumerate(PIXELS)}
    columns |= {name: (labels == digit).astype(float) for digit, name in enumerate(LABELS)}
    numpy.savez(path, **columns)


def judge(path):
    pixels, labels = real()
    learn, test, learn_labels, test_labels = train_test_split(
        pixels, labels, test_size=0.5, random_state=1, stratify=labels
    )
    classifier = SVC(gamma=0.001 * 16**2).fit(learn, learn_labels)
    generated = numpy.load(path)
    images = numpy.stack([generated[name] for name in PIXELS], axis=1)
    wanted = numpy.stack([generated[name] for name in LABELS], axis=1).argmax(axis=1)
    right = classifier.predict(images) == wanted
    print(
        json.dumps(
            {
                "generated": len(right),
                "accuracy": round(float(right.mean()), 4),
                "accuracy_by_digit": [round(float(right[wanted == digit].mean()), 3) for digit in range(10)],
                "accuracy_of_real": round(float(classifier.score(test, test_labels)), 4),
                "mean_pixel": round(float(images.mean()), 4),
                "mean_pixel_of_real": round(float(pixels.mean()), 4),
            }
        )
    )


if __name__ == "__main__":
    {"make": make, "judge": judge}[sys.argv[1]](sys.argv[2])

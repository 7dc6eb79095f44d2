"""What the plants of the simulated phytotron do with light, air and water. Plausible, not measured, PPFD apart."""

from dataclasses import dataclass

UPTAKE, HALF_LIGHT, HALF_CO2 = 1.2, 250.0, 300.0
"""ppm a second in plenty of light and CO2; the PPFD and the ppm at which it is half of that."""

RESPIRATION, AT, DOUBLES = 0.08, 25.0, 10.0
"""ppm a second at so many degC, and the degC more at which it is twice as much."""

TRANSPIRATION, IN_THE_DARK = 1 / 900, 0.3
"""Part of what the air lacks to saturation that it is given in a second in the light; the share of that at night."""


@dataclass(frozen=True)
class Light:
    """The lamp's duties in percent."""

    red: float = 0.0
    white: float = 0.0

    @property
    def ppfd(self) -> float:
        """umol/(m2 s) at plant level, by the laboratory's fit, whose constant is the fit's and not the lamp's."""
        r, w = self.red, self.white
        if r == w == 0:
            return 0.0
        return 6.11918934 + 5.72541582 * r + 5.49188308 * w + 0.00870387 * r**2 - 0.01768939 * r * w + 0.0090811 * w**2

    @property
    def share(self) -> float:
        """How much of the light that plants can use they have: 0 to 1, half of it at HALF_LIGHT."""
        return self.ppfd / (self.ppfd + HALF_LIGHT)


DARK = Light()


def uptake(light: Light, co2: float) -> float:
    """The share of the CO2 there is (ppm) that is taken up in a second."""
    return UPTAKE * light.share / (co2 + HALF_CO2)


def respiration(temperature: float) -> float:
    """ppm a second."""
    return float(RESPIRATION * 2 ** ((temperature - AT) / DOUBLES))


def transpiration(light: Light) -> float:
    """The share of what the air lacks to saturation that it is given in a second."""
    return TRANSPIRATION * (IN_THE_DARK + (1 - IN_THE_DARK) * light.share)

"""The index: what each product is found by, which have changed since, all words, and what customers call things."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductWords(models.Model):
    """What a product that has a page is found by, its variants' codes and attributes among it."""

    product = models.OneToOneField(
        "catalogue.Product", on_delete=models.CASCADE, related_name="akcept_words", primary_key=True
    )
    #: Its words, folded, with a space before each; what is found is sorted by it.
    title = models.CharField(max_length=255)
    #: Codes without what stands between their pieces, a space around each.
    codes = models.TextField()
    #: Folded words with a space between two.
    words = models.TextField()

    class Meta:
        verbose_name = _("words of a product")
        verbose_name_plural = _("words of products")

    def __str__(self) -> str:
        return self.title


class ProductDue(models.Model):
    """A product has changed and is not indexed anew yet. Written by triggers, without a look at who else wrote one."""

    #: No key: what is deleted is due too.
    product_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("product to be indexed")
        verbose_name_plural = _("products to be indexed")

    def __str__(self) -> str:
        return f"{self.product_id}"


class Word(models.Model):
    """A word that some product has, or had: what a mistyped one is compared with."""

    word = models.CharField(max_length=40, unique=True)

    class Meta:
        verbose_name = _("word of the catalogue")
        verbose_name_plural = _("words of the catalogue")

    def __str__(self) -> str:
        return self.word


class OtherWord(models.Model):
    """What customers call something: "gloves" finds rękawice. Kept by the merchant."""

    #: One word, folded.
    said = models.CharField(_("Customers type"), max_length=40, unique=True)
    means = models.CharField(_("and mean"), max_length=80)

    class Meta:
        verbose_name = _("other word")
        verbose_name_plural = _("other words")

    def __str__(self) -> str:
        return f"{self.said}: {self.means}"

"""Writing products in bulk: a constant number of statements a block, in the caller's transaction.

Stock is shared with whoever orders. So only the records that change are locked, through the blocks by their key, and
what the file does not say of them is read under that lock; one import of a partner's goods waits for another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from akcept.kernel.typed import article, spellings
from akcept.oscar_edge.catalogue_import import outlooks
from akcept.oscar_edge.catalogue_import.reading import ProductRow, Trouble, batches
from akcept.transactions.locking import lock

BLOCK = 500


@dataclass(slots=True)
class Count:
    """What an import did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


class BadRows(Exception):
    """Rows that only the shop's own products and pictures make bad; nothing of the file may stay written."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        self.troubles = tuple(troubles)
        super().__init__(f"{len(self.troubles)} bad rows")


class Writer:
    """Writes rows as products of one partner; a product is known by its sku."""

    def __init__(self, *, partner: Any, currency: str) -> None:
        self.partner = partner
        self.currency = currency
        self.count = Count()
        self._classes: dict[int, Any] = {}
        self._attributes: dict[int, Any] = {}
        self._categories: dict[tuple[str, ...], Any] = {}
        self._freed: set[int] = set()
        #: The skus of rows that changed nothing so far.
        self._same: set[str] = set()

    def write(self, rows: Sequence[ProductRow], *, progress: Callable[[int], object]) -> Count:
        """Write all rows; `progress` is told how many more are done. Raises BadRows."""
        lock(get_model("partner", "Partner").objects.all()).get(pk=self.partner.pk)
        if troubles := [*self._lacking(rows), *_missing_pictures(rows)]:
            raise BadRows(sorted(troubles, key=lambda trouble: trouble.line))
        self._free_eans(rows)
        if troubles := [*self._taken_eans(rows)]:
            raise BadRows(sorted(troubles, key=lambda trouble: trouble.line))
        self._prepare(rows)
        for block in batches(self._in_order_of_locks(rows), BLOCK):
            self._block(block)
            progress(len(block))
        self._say_outlooks(rows)
        return self.count

    def _say_outlooks(self, rows: Sequence[ProductRow]) -> None:
        """Write what rows say of products beyond their stock, once all of them are there."""
        try:
            changed = outlooks.write(rows, self._product_ids)
        except outlooks.BadSuccessors as bad:
            raise BadRows(bad.troubles) from None
        self.count.updated += len(changed & self._same)
        self.count.unchanged -= len(changed & self._same)

    def _product_ids(self, rows: Sequence[ProductRow]) -> dict[str, int]:
        return dict(self._records(rows).values_list("partner_sku", "product_id"))

    def _known(self, rows: Sequence[ProductRow]) -> dict[str, Any]:
        """Return the stock records of those of the rows that are products already, by sku."""
        records = self._records(rows).select_related("product__product_class")
        return {record.partner_sku: record for record in records}

    def _records(self, rows: Sequence[ProductRow]) -> Any:
        records = get_model("partner", "StockRecord").objects
        return records.filter(partner=self.partner, partner_sku__in=[row.sku for row in rows])

    def _locked(self, rows: Sequence[ProductRow]) -> dict[str, Any]:
        """Return the same, locked, as they are once nobody else changes them; two statements."""
        locked = lock(self._records(rows).order_by("pk"))
        products = get_model("catalogue", "Product").objects.select_related("product_class")
        known = products.in_bulk([record.product_id for record in locked])
        for record in locked:
            record.product = known[record.product_id]
        return {record.partner_sku: record for record in locked}

    def _in_order_of_locks(self, rows: Sequence[ProductRow]) -> list[ProductRow]:
        """Return the rows by the key of their stock records, what is new last."""
        keys: dict[str, int] = {}
        for block in batches(list(rows), BLOCK):
            keys |= dict(self._records(block).values_list("partner_sku", "pk"))
        return sorted(rows, key=lambda row: (row.sku not in keys, keys.get(row.sku, row.line)))

    def _lacking(self, rows: Sequence[ProductRow]) -> Iterator[Trouble]:
        """Yield the products that are not there yet and are not described whole."""
        for block in batches([row for row in rows if row.lacks], BLOCK):
            known = self._known(block)
            for row in block:
                if row.sku not in known:
                    words = {"sku": row.sku, "columns": ", ".join(row.lacks)}
                    reason = _("%(sku)s is a new product, and these are missing: %(columns)s") % words
                    yield Trouble(line=row.line, reason=reason)

    def _free_eans(self, rows: Sequence[ProductRow]) -> None:
        """Take their EAN from products that get another one, so that two may exchange theirs."""
        for block in batches([row for row in rows if row.ean is not None], BLOCK):
            known = self._known(block)
            changed = [
                known[row.sku].product_id
                for row in block
                if row.sku in known and _ean(row, known[row.sku].product) != (known[row.sku].product.upc or "")
            ]
            get_model("catalogue", "Product").objects.filter(pk__in=changed).update(upc=None)
            self._freed.update(changed)

    def _taken_eans(self, rows: Sequence[ProductRow]) -> Iterator[Trouble]:
        """Yield the rows whose article another product is, however its EAN was written when it was stored."""
        spaced = self._spaced_eans()
        for block in batches([row for row in rows if row.ean], BLOCK):
            own = {sku: record.product_id for sku, record in self._known(block).items()}
            ways = {way for row in block for way in spellings(row.ean or "")}
            holders = spaced | {
                article(product.upc): product
                for product in get_model("catalogue", "Product").objects.filter(upc__in=ways)
            }
            for row in block:
                holder = holders.get(article(row.ean or ""))
                if holder is not None and holder.pk != own.get(row.sku):
                    words = {"ean": row.ean, "product": holder.title}
                    reason = _("EAN %(ean)s already belongs to another product of the shop: %(product)s") % words
                    yield Trouble(line=row.line, reason=reason)

    def _spaced_eans(self) -> dict[str, Any]:
        """Return the products whose EAN was once stored with blanks or dashes, by article; one statement."""
        Product = get_model("catalogue", "Product")
        found = Product.objects.filter(Q(upc__contains=" ") | Q(upc__contains="-") | Q(upc__contains="\u00a0"))
        return {article(product.upc): product for product in found.only("pk", "upc", "title")}

    def _prepare(self, rows: Sequence[ProductRow]) -> None:
        ProductClass = get_model("catalogue", "ProductClass")
        for rate in sorted({row.vat for row in rows if row.vat is not None}):
            self._classes[rate], _created = ProductClass.objects.get_or_create(
                slug=f"vat-{rate}", defaults={"name": f"VAT {rate} %", "track_stock": True}
            )
        self._make_categories({row.category for row in rows if row.category})

    def _unit_attribute(self, class_id: int) -> Any:
        """Return the attribute that holds the unit of sale of products of a class, made when it is first needed."""
        if class_id not in self._attributes:
            Attribute = get_model("catalogue", "ProductAttribute")
            self._attributes[class_id], _created = Attribute.objects.get_or_create(
                product_class_id=class_id,
                code="unit",
                defaults={"name": "Unit of sale", "type": Attribute.TEXT, "required": False},
            )
        return self._attributes[class_id]

    def _make_categories(self, paths: set[tuple[str, ...]]) -> None:
        """Find the categories that rows name, by path of names, and make those that are missing.

        The tree is everybody's, whoever's goods a file brings: who adds to it locks its roots first and looks again,
        so that no two make the same one. What treebeard locks by itself, the parent, comes after that.
        """
        wanted = sorted({whole[: i + 1] for whole in paths for i in range(len(whole))})
        self._load_categories()
        if all(path in self._categories for path in wanted):
            return
        Category = get_model("catalogue", "Category")
        list(lock(Category.objects.filter(depth=1).order_by("pk")))
        self._load_categories()
        for path in wanted:
            if path not in self._categories:
                self._categories[path] = self._added(Category, path)

    def _load_categories(self) -> None:
        names: dict[str, tuple[str, ...]] = {}
        Category = get_model("catalogue", "Category")
        for category in Category.objects.order_by("path"):
            above = names.get(category.path[: -Category.steplen], ())
            names[category.path] = (*above, category.name)
            self._categories[names[category.path]] = category

    def _added(self, Category: Any, path: tuple[str, ...]) -> Any:  # noqa: N803
        fields = {"name": path[-1], "slug": slugify(path[-1].replace("ł", "l").replace("Ł", "L")) or "kategoria"}
        if len(path) == 1:
            return Category.objects.add_root(fields)
        # Read anew: adding a child changes the parent's row.
        return Category.objects.add_child(Category.objects.get(pk=self._categories[path[:-1]].pk), fields)

    def _block(self, rows: list[ProductRow]) -> None:
        known = self._known(rows)
        new = [row for row in rows if row.sku not in known]
        old = [row for row in rows if row.sku in known]
        self._create(new)
        self._update(old, known)

    def _create(self, rows: list[ProductRow]) -> None:
        Product, StockRecord = get_model("catalogue", "Product"), get_model("partner", "StockRecord")
        now = timezone.now()
        products = Product.objects.bulk_create(
            [
                Product(
                    structure=Product.STANDALONE,
                    title=row.name,
                    slug=(slugify((row.name or "").replace("ł", "l").replace("Ł", "L")) or "produkt")[:200],
                    upc=row.ean or None,
                    product_class=self._classes[row.vat or 0],
                    description=row.description or "",
                    date_created=now,
                    date_updated=now,
                )
                for row in rows
            ]
        )
        StockRecord.objects.bulk_create(
            StockRecord(
                product=product,
                partner=self.partner,
                partner_sku=row.sku,
                price=row.net_price,
                price_currency=self.currency,
                num_in_stock=row.stock,
            )
            for row, product in zip(rows, products, strict=True)
        )
        pairs = list(zip(rows, products, strict=True))
        self._attach(pairs, {product.pk: row.unit or "" for row, product in pairs if row.unit})
        self.count.created += len(rows)

    def _attach(self, pairs: list[tuple[ProductRow, Any]], units: Mapping[int, str]) -> None:
        """Give products the category and picture their rows name, and units by product, in place of those they had."""
        Link = get_model("catalogue", "ProductCategory")
        categorised = [(row.category, product) for row, product in pairs if row.category]
        Link.objects.filter(product_id__in=[product.pk for _path, product in categorised]).delete()
        Link.objects.bulk_create(
            Link(product=product, category=self._categories[path]) for path, product in categorised
        )
        self._attach_units({product.pk: product for _row, product in pairs}, units)
        self._attach_pictures([(row, product) for row, product in pairs if row.picture])

    def _attach_units(self, products: Mapping[int, Any], units: Mapping[int, str]) -> None:
        Value = get_model("catalogue", "ProductAttributeValue")
        Value.objects.filter(product_id__in=list(units), attribute__code="unit").delete()
        Value.objects.bulk_create(
            Value(product_id=pk, attribute=self._unit_attribute(products[pk].product_class_id), value_text=unit)
            for pk, unit in units.items()
            if unit
        )

    def _attach_pictures(self, pairs: list[tuple[ProductRow, Any]]) -> None:
        Image = get_model("catalogue", "ProductImage")
        # Changed, never deleted: with the row of a picture Oscar deletes its file, which other products may show too.
        ids = [product.pk for _row, product in pairs]
        standing = {image.product_id: image for image in Image.objects.filter(product_id__in=ids, display_order=0)}
        images = []
        for row, product in pairs:
            image = standing.get(product.pk) or Image(product=product, display_order=0)
            image.original, image.caption = row.picture, product.title[:200]
            images.append(image)
        Image.objects.bulk_create(image for image in images if image.pk is None)
        Image.objects.bulk_update([image for image in images if image.pk is not None], ["original", "caption"])

    def _standing(self, product_ids: Sequence[int]) -> dict[int, tuple[int | None, str, str]]:
        """Return category, unit and picture of products as they are."""

        def by_product(model: str, field: str, **more: Any) -> dict[int, Any]:
            found = get_model("catalogue", model).objects.filter(product_id__in=product_ids, **more)
            return dict(found.values_list("product_id", field))

        categories = by_product("ProductCategory", "category_id")
        units = by_product("ProductAttributeValue", "value_text", attribute__code="unit")
        pictures = by_product("ProductImage", "original", display_order=0)
        return {pk: (categories.get(pk), units.get(pk) or "", pictures.get(pk, "")) for pk in product_ids}

    def _update(self, rows: list[ProductRow], known: dict[str, Any]) -> None:
        """Bring products to what their rows say; what a row does not say stays as it is."""
        Product, StockRecord = get_model("catalogue", "Product"), get_model("partner", "StockRecord")
        stand = self._standing([known[row.sku].product_id for row in rows])
        differing = [row for row in rows if self._differs(row, known[row.sku], stand)]
        self.count.updated += len(differing)
        self.count.unchanged += len(rows) - len(differing)
        self._same |= {row.sku for row in rows} - {row.sku for row in differing}
        if not differing:
            return
        locked = self._locked(differing)
        if gone := [row for row in differing if row.sku not in locked]:
            raise BadRows(
                [Trouble(line=row.line, reason=_("%(sku)s has just been deleted") % {"sku": row.sku}) for row in gone]
            )
        units: dict[int, str] = {}
        for row in differing:
            product = locked[row.sku].product
            vat_before, unit = product.product_class_id, stand[product.pk][1]
            self._say(row, locked[row.sku])
            unit_now = unit if row.unit is None else row.unit
            if unit_now != unit or vat_before != product.product_class_id:  # the unit belongs to the class
                units[product.pk] = unit_now
        products = [locked[row.sku].product for row in differing]
        Product.objects.bulk_update(products, ["title", "upc", "description", "product_class"])
        StockRecord.objects.bulk_update(locked.values(), ["price", "num_in_stock", "price_currency"])
        self._attach(list(zip(differing, products, strict=True)), units)

    def _differs(self, row: ProductRow, record: Any, stand: Mapping[int, tuple[int | None, str, str]]) -> bool:
        """Whether a row says anything of a product that is not so; sets it on what was read, unsaved."""
        category, unit, picture = stand[record.product_id]
        before = (*_fields(record), category, unit, picture)
        self._say(row, record)
        unit_now = unit if row.unit is None else row.unit
        category_now = category if row.category is None else self._categories[row.category].pk
        after = (*_fields(record), category_now, unit_now, row.picture or picture)
        return before != after or record.product_id in self._freed

    def _say(self, row: ProductRow, record: Any) -> None:
        """Set on a product and its stock record, unsaved, what a row says."""
        product = record.product
        product.title = product.title if row.name is None else row.name
        product.description = product.description if row.description is None else row.description
        product.upc = product.upc if row.ean is None else _ean(row, product) or None
        if row.vat is not None:
            product.product_class = self._classes[row.vat]
        if row.net_price is not None:
            record.price, record.price_currency = row.net_price, self.currency
        record.num_in_stock = record.num_in_stock if row.stock is None else row.stock


def _fields(record: Any) -> tuple[Any, ...]:
    product = record.product
    texts = (product.title, product.upc or "", product.description, product.product_class_id)
    return (*texts, record.price, record.num_in_stock, record.price_currency)


def _ean(row: ProductRow, product: Any) -> str:
    """Return the EAN a product gets: its own where it is the same article's, in digits."""
    stored = product.upc or ""
    same = bool(row.ean) and stored.isdigit() and article(stored) == article(row.ean or "")
    return stored if same else row.ean or ""


def _missing_pictures(rows: Sequence[ProductRow]) -> Iterator[Trouble]:
    there: dict[str | None, bool] = {"": True, None: True}  # products share pictures, and storage may be far away
    for row in rows:
        if row.picture not in there:
            there[row.picture] = _is_stored(row.picture or "")
        if not there[row.picture]:
            yield Trouble(
                line=row.line, reason=_("the picture %(picture)s is not in the media folder") % {"picture": row.picture}
            )


def _is_stored(path: str) -> bool:
    try:
        return default_storage.exists(path)
    except (SuspiciousFileOperation, OSError, ValueError):
        return False

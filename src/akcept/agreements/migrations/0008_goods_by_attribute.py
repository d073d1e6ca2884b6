from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('akcept_agreements', '0007_delivery_and_surcharge'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreedgoods',
            name='attribute',
            field=models.CharField(blank=True, default='', max_length=128, verbose_name='attribute'),
        ),
        migrations.AddField(
            model_name='agreedgoods',
            name='value',
            field=models.CharField(blank=True, default='', max_length=255, verbose_name='value'),
        ),
        migrations.RemoveConstraint(
            model_name='agreedgoods',
            name='akcept_agreed_goods_one',
        ),
        migrations.AddConstraint(
            model_name='agreedgoods',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attribute', ''), ('category', None), ('product__isnull', False)), models.Q(('attribute', ''), ('category__isnull', False), ('product', None)), models.Q(('category', None), ('product', None), models.Q(('attribute', ''), _negated=True)), _connector='OR'), name='akcept_agreed_goods_one'),
        ),
        migrations.AddConstraint(
            model_name='agreedgoods',
            constraint=models.UniqueConstraint(condition=models.Q(('attribute', ''), _negated=True), fields=('agreement', 'attribute', 'value'), name='akcept_agreed_attribute_once'),
        ),
    ]

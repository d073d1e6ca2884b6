import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('akcept_oscar_edge', '0005_to_give_back'),
        ('catalogue', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductOutlook',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='akcept_outlook', serialize=False, to='catalogue.product')),
                ('expected_on', models.DateField(blank=True, null=True)),
                ('ended', models.BooleanField(default=False)),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.product')),
            ],
            options={
                'verbose_name': 'outlook of a product',
                'verbose_name_plural': 'outlooks of products',
            },
        ),
    ]

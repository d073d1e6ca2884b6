
import django.db.models.deletion
from django.db import migrations, models

class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalogue', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='OtherWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(max_length=40, unique=True, verbose_name='Customers type')),
                ('means', models.CharField(max_length=80, verbose_name='and mean')),
            ],
            options={
                'verbose_name': 'other word',
                'verbose_name_plural': 'other words',
            },
        ),
        migrations.CreateModel(
            name='ProductDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product_id', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'product to be indexed',
                'verbose_name_plural': 'products to be indexed',
            },
        ),
        migrations.CreateModel(
            name='ProductWords',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='akcept_words', serialize=False, to='catalogue.product')),
                ('title', models.CharField(max_length=255)),
                ('codes', models.TextField()),
                ('words', models.TextField()),
            ],
            options={
                'verbose_name': 'words of a product',
                'verbose_name_plural': 'words of products',
            },
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40, unique=True)),
            ],
            options={
                'verbose_name': 'word of the catalogue',
                'verbose_name_plural': 'words of the catalogue',
            },
        ),
    ]

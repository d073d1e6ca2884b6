"""The organisation's rules and terms."""

from django.urls import path

from akcept.storefront.rules.views import editor, rules, terms, trials

urlpatterns = [
    path("organization/rules/", rules.rules, name="rules"),
    path("organization/rules/add/", editor.add_rule, name="add_rule"),
    path("organization/rules/try/", trials.try_rules, name="try_rules"),
    path("organization/rules/recheck/", trials.recheck, name="recheck"),
    path("organization/rules/versions/", rules.rule_versions, name="rule_versions"),
    path("organization/rules/versions/<int:number>/", rules.rule_version, name="rule_version"),
    path("organization/rules/<int:rule_id>/", editor.rule, name="rule"),
    path("organization/rules/<int:rule_id>/move/", rules.move_rule, name="move_rule"),
    path("organization/rules/<int:rule_id>/switch/", rules.switch_rule, name="switch_rule"),
    path("organization/rules/<int:rule_id>/remove/", rules.remove_rule, name="remove_rule"),
    path("organization/terms/", terms.terms, name="terms"),
]

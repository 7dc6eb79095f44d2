"""The promises of docs/topics.md that need a broker, an agent or a hub, and the tests that hold them."""

HELD_BY = {
    "T4": ["wire/test_agent.py::test_who_comes_later_finds_who_is_there_and_what_there_is"],
    "S6": [
        "agents/test_derivation.py::test_without_a_value_to_believe_there_is_none",
        "agents/test_derivation.py::test_another_devices_value_counts_while_it_is_fresh",
    ],
    "C3": ["wire/test_agent_commands.py::test_a_wrong_value_is_refused_and_nothing_happens"],
    "C5": ["wire/test_agent_commands.py::test_a_refusal_carries_the_id_of_the_request"],
    "C6": [
        "wire/test_agent_commands.py::test_a_right_value_is_set_read_back_and_confirmed",
        "wire/test_agent_commands.py::test_a_device_that_shows_another_value_has_not_done_it",
    ],
    "C7": [
        "wire/test_agent_commands.py::test_a_retained_command_is_refused_and_cleared",
        "wire/test_agent_commands.py::test_a_command_retained_before_the_agent_came_is_refused_too",
    ],
    "C8": [
        "wire/test_agent_commands.py::test_a_duplicate_id_has_one_effect_and_the_same_answer",
        "agents/test_guard.py::test_ten_thousand_ids_are_remembered_and_no_more",
    ],
    "C9": ["wire/test_agent_commands.py::test_an_id_used_again_for_another_value_is_refused"],
    "C10": [
        "wire/test_agent_commands.py::test_a_command_that_waited_too_long_is_not_carried_out",
        "faults/test_commands.py::test_fault_10_what_was_said_to_a_frozen_agent_is_expired_when_it_thaws",
    ],
    "C11": ["wire/test_agent_commands.py::test_too_many_waiting_commands_are_refused_as_busy_and_all_are_answered"],
    "C12": ["wire/test_agent_commands.py::test_a_device_for_the_hub_only_takes_nothing_else"],
    "C13": [
        "wire/test_agent_commands.py::test_mosquitto_pub_of_either_version_is_understood",
        "wire/test_agent_commands.py::test_a_command_at_qos_0_is_accepted_from_anybody",
    ],
    "C14": ["wire/test_topics_page.py::test_c14_what_is_published_while_the_agent_is_away_is_never_done"],
    "C15": ["wire/test_agent_commands.py::test_mqtt_5_request_and_response_with_a_client_of_another_make"],
    "C16": ["wire/test_agent_commands.py::test_an_answer_is_not_sent_where_it_could_pass_for_something_else"],
    "R2": ["wire/test_agent_commands.py::test_a_wrong_value_is_refused_and_nothing_happens"],
    "E1": [
        "agents/test_device.py::test_what_happens_to_a_device_by_itself_is_told",
        "wire/test_hub_events.py::test_what_happened_to_a_device_is_shown_and_audited_once",
    ],
    "E2": ["agents/test_device.py::test_what_was_set_before_a_reboot_is_not_set_again"],
    "L1": [
        "wire/test_agent.py::test_outputs_are_safe_at_the_start_before_anything_else",
        "wire/test_agent.py::test_a_stop_leaves_the_outputs_safe_and_says_so",
    ],
    "L2": ["wire/test_agent_commands.py::test_a_lease_goes_back_to_the_safe_value_by_itself"],
    "L3": ["agents/test_device.py::test_the_hub_renews_only_what_it_set"],
    "L4": ["agents/test_device.py::test_a_lease_that_ends_while_the_device_is_away_is_paid_on_its_return"],
    "L5": ["wire/test_agent.py::test_a_fault_and_its_end_are_told_once_and_switch_nothing_on"],
    "L6": [
        "agents/test_on_time.py::test_an_output_is_never_away_from_its_safe_value_longer_than_it_may",
        "agents/test_on_time.py::test_what_somebody_switches_on_at_the_device_counts_too",
        "agents/test_on_time.py::test_when_the_time_is_over_the_output_is_safe_and_an_event_says_so",
    ],
    "K1": [
        "wire/test_interlocks.py::test_a_reading_trips_it_and_the_output_goes_off_and_stays_off",
        "wire/test_interlocks.py::test_while_tripped_everybody_is_refused_and_told_why",
    ],
    "K2": [
        "wire/test_interlocks.py::test_a_thermometer_that_falls_silent_trips_it",
        "wire/test_interlocks.py::test_a_thermometer_with_a_fault_or_a_sentinel_trips_it",
        "agents/test_interlocks.py::test_a_value_that_cannot_be_believed_trips",
    ],
    "K3": [
        "wire/test_interlocks.py::test_a_command_that_waited_behind_a_slow_bus_is_refused_if_it_has_tripped_meanwhile"
    ],
    "K4": ["wire/test_interlocks.py::test_everybody_sees_what_there_is"],
    "K5": ["wire/test_interlocks.py::test_what_latches_stays_so_across_a_restart_until_it_is_reset"],
    "P3": ["wire/test_agent.py::test_a_predecessors_late_will_is_corrected"],
    "P4": [
        "hub/test_core.py::test_three_silent_seconds_make_an_agent_offline",
        "wire/test_hub_presence.py::test_a_late_will_does_not_leave_living_devices_offline",
    ],
    "P5": [
        "hub/test_core.py::test_without_a_result_the_outcome_is_unknown_after_ten_seconds",
        "wire/test_hub_commands.py::test_an_agent_lost_before_it_answers_leaves_the_outcome_unknown",
    ],
    "P6": [
        "agents/test_outbox.py::test_a_full_disk_is_told_once_and_then_all_moves",
        "wire/test_outbox_faults.py::test_fault_28_an_agent_whose_disk_is_full_is_an_alarm_until_there_is_room",
    ],
    "W1": [
        "wire/test_hub_alarms.py::test_an_alarm_is_stored_published_acknowledged_and_goes",
        "wire/test_hub_alarms.py::test_a_broker_that_was_restarted_is_told_of_every_alarm_again",
    ],
    "W3": ["hub/test_core_alarms.py::test_an_alarm_that_is_not_in_the_configuration_any_more_is_taken_away"],
    "N1": [
        "agents/test_outbox.py::test_it_goes_on_where_it_was_killed",
        "agents/test_outbox.py::test_a_power_cut_in_good_times_begins_a_new_epoch",
        "agents/test_outbox.py::test_a_damaged_file_is_put_aside_and_a_new_epoch_begins",
    ],
    "N2": [
        "wire/test_hub_readings.py::test_a_reading_is_state_event_and_history_and_then_confirmed",
        "wire/test_hub_readings.py::test_fault_26_what_redis_has_in_memory_only_is_not_confirmed",
    ],
    "N3": ["wire/test_hub_readings.py::test_what_the_agent_kept_during_an_outage_fills_the_history_in_order"],
    "N4": ["wire/test_agent.py::test_what_the_hub_did_not_store_comes_again_in_order"],
    "N5": [
        "wire/test_hub_readings.py::test_numbers_that_are_gone_are_recorded_as_a_gap",
        "wire/test_hub_readings.py::test_a_gap_between_others_is_recorded_and_blocks_nothing",
        "agents/test_outbox.py::test_a_power_cut_loses_what_was_only_in_memory_and_says_so",
    ],
    "N6": ["wire/test_hub_readings.py::test_a_wrong_reading_is_a_dead_letter_and_blocks_nothing"],
    "G2": [
        "agents/test_guard.py::test_a_command_for_another_boot_is_refused",
        "agents/test_guard.py::test_a_command_older_than_five_seconds_is_refused_by_our_own_clock",
    ],
    "G3": [
        "agents/test_guard.py::test_the_older_of_two_commands_is_refused",
        "agents/test_guard.py::test_an_older_hub_is_refused_once_a_newer_commanded_or_was_heard",
    ],
    "A1": ["cli/test_access_rules.py::test_everybody_writes_and_reads_what_is_theirs_and_nothing_else"],
    "A2": ["cli/test_access_rules.py::test_without_the_right_password_nobody_gets_in"],
    "A3": ["cli/test_access_rules.py::test_two_clients_of_one_account_both_work"],
}

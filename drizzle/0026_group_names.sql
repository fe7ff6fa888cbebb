-- Group names compare without the white space around them, as userName does.
UPDATE groups SET display_name_key = btrim(fold(display_name), E' \t\n\r\f\v')
  WHERE display_name_key <> btrim(fold(display_name), E' \t\n\r\f\v');
--> statement-breakpoint
-- One group of a directory by each externalId. Of those that have the same one, the oldest keeps it; the others are left without,
-- and the audit trail tells which one they had.
DO $duplicates$
DECLARE
  v_group record;
BEGIN
  FOR v_group IN
    SELECT d.organization_id, d.id, d.external_id, d.first_id FROM (
      SELECT g.organization_id, g.id, g.external_id, first_value(g.id) OVER (
          PARTITION BY g.organization_id, g.directory_id, g.external_id ORDER BY g.created_at, g.id) AS first_id
        FROM groups g WHERE g.directory_id IS NOT NULL AND g.external_id IS NOT NULL) d
      WHERE d.id <> d.first_id
  LOOP
    UPDATE groups SET external_id = NULL, version = version + 1, updated_at = now()
      WHERE organization_id = v_group.organization_id AND id = v_group.id;
    INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
        request_id)
      VALUES (v_group.organization_id, new_id('evt'), now(), 'system', 'rolecall', 'group.lose_external_id', 'group', v_group.id,
        jsonb_build_object('externalId', v_group.external_id, 'keptBy', v_group.first_id), 'req_migration');
  END LOOP;
END $duplicates$;
--> statement-breakpoint
CREATE UNIQUE INDEX "groups_external_id" ON "groups" USING btree ("organization_id","directory_id","external_id") WHERE directory_id is not null and external_id is not null;

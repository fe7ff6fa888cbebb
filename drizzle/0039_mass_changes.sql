CREATE TABLE "directory_losses" (
	"organization_id" text NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "directory_losses_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"directory_id" text NOT NULL,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"user_id" text NOT NULL,
	"group_id" text,
	"child_group_id" text,
	"status" text NOT NULL,
	"counts" boolean NOT NULL,
	"has_left" boolean DEFAULT false NOT NULL,
	"outcome" text,
	CONSTRAINT "directory_losses_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "directory_losses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mass_changes" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"directory_id" text NOT NULL,
	"began_at" timestamp(3) with time zone NOT NULL,
	"tripped_at" timestamp(3) with time zone NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"people_limit" integer,
	"status" text NOT NULL,
	"decided_at" timestamp(3) with time zone,
	"decided_by" text,
	CONSTRAINT "mass_changes_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "mass_changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "brake" text DEFAULT 'on' NOT NULL;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "brake_people" integer;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "brake_share" integer;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "brake_minutes" integer DEFAULT 60 NOT NULL;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "brake_limit" integer DEFAULT 25 NOT NULL;--> statement-breakpoint
ALTER TABLE "directories" ADD COLUMN "brake_learned_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "group_members" ADD COLUMN "held_by" text;--> statement-breakpoint
ALTER TABLE "group_nestings" ADD COLUMN "held_by" text;--> statement-breakpoint
ALTER TABLE "groups" ADD COLUMN "held_by" text;--> statement-breakpoint
ALTER TABLE "directory_losses" ADD CONSTRAINT "directory_losses_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mass_changes" ADD CONSTRAINT "mass_changes_organization_id_directory_id_directories_organization_id_id_fk" FOREIGN KEY ("organization_id","directory_id") REFERENCES "public"."directories"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "directory_losses_time" ON "directory_losses" USING btree ("organization_id","directory_id","occurred_at");--> statement-breakpoint
CREATE INDEX "mass_changes_directory" ON "mass_changes" USING btree ("organization_id","directory_id","id");--> statement-breakpoint
CREATE INDEX "group_members_held" ON "group_members" USING btree ("organization_id","held_by") WHERE held_by is not null;--> statement-breakpoint
CREATE INDEX "group_nestings_held" ON "group_nestings" USING btree ("organization_id","held_by") WHERE held_by is not null;--> statement-breakpoint
CREATE INDEX "groups_held" ON "groups" USING btree ("organization_id","held_by") WHERE held_by is not null;--> statement-breakpoint
CREATE POLICY "own_organization" ON "directory_losses" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "mass_changes" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_losses, mass_changes TO rolecall_server;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE directory_losses_id_seq TO rolecall_server;
--> statement-breakpoint
CREATE FUNCTION note_losses(p_directory_id text, p_kind text, p_user_ids text[], p_group_id text, p_child_group_id text,
  p_now timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  p_organization_id text := current_setting('rolecall.organization_id');
  v_directory directories;
  v_counts boolean;
  v_last timestamptz;
  v_wave text;
  v_since timestamptz;
  v_people integer;
  v_began timestamptz;
  v_alarm text;
BEGIN
  IF p_directory_id IS NULL OR cardinality(p_user_ids) = 0 THEN RETURN NULL; END IF;
  SELECT d.* INTO v_directory FROM directories d WHERE d.organization_id = p_organization_id AND d.id = p_directory_id;
  v_counts := p_group_id IS NULL OR EXISTS (SELECT FROM mappings m
    WHERE m.organization_id = p_organization_id
      AND m.group_id IN (SELECT a.group_id FROM groups_above(p_organization_id, ARRAY[p_group_id]) a));
  SELECT l.occurred_at INTO v_last FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id ORDER BY l.occurred_at DESC LIMIT 1;
  SELECT m.id INTO v_wave FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
  IF v_last < p_now - interval '10 minutes' THEN
    UPDATE mass_changes m SET ended_at = v_last
      WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
    v_wave := NULL;
  END IF;
  INSERT INTO directory_losses (organization_id, directory_id, occurred_at, kind, user_id, group_id, child_group_id, status, counts)
    SELECT u.organization_id, p_directory_id, p_now, p_kind, u.id, p_group_id, p_child_group_id, u.status,
      v_counts AND u.status IN ('active', 'invited')
    FROM users u WHERE u.organization_id = p_organization_id AND u.id = ANY (p_user_ids);
  IF v_wave IS NOT NULL OR v_directory.brake = 'off' OR NOT v_counts THEN RETURN v_wave; END IF;
  v_since := greatest(p_now - make_interval(mins => v_directory.brake_minutes), (SELECT max(m.ended_at) FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id));
  -- No more rows than it takes to tell.
  SELECT count(DISTINCT x.user_id) INTO v_people FROM (SELECT l.user_id FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id AND l.occurred_at > v_since AND l.counts
    ORDER BY l.occurred_at DESC LIMIT 20 * v_directory.brake_limit + 20) x;
  IF v_people <= v_directory.brake_limit THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('brake ' || p_directory_id, 0));
  SELECT m.id INTO v_wave FROM mass_changes m
    WHERE m.organization_id = p_organization_id AND m.directory_id = p_directory_id AND m.ended_at IS NULL;
  IF v_wave IS NOT NULL THEN RETURN v_wave; END IF;
  -- Those who left a while before belong to another day's work.
  SELECT max(g.occurred_at) INTO v_began FROM (SELECT l.occurred_at,
      l.occurred_at - lag(l.occurred_at) OVER (ORDER BY l.occurred_at) AS gap FROM directory_losses l
    WHERE l.organization_id = p_organization_id AND l.directory_id = p_directory_id AND l.occurred_at > v_since) g
    WHERE g.gap IS NULL OR g.gap > interval '10 minutes';
  v_wave := new_id('mch');
  v_alarm := new_id('alm');
  INSERT INTO mass_changes (organization_id, id, directory_id, began_at, tripped_at, people_limit, status)
    VALUES (p_organization_id, v_wave, p_directory_id, v_began, p_now, v_directory.brake_limit, 'open');
  INSERT INTO alarms (organization_id, id, kind, detail, raised_at) VALUES (p_organization_id, v_alarm, 'mass_change',
    jsonb_build_object('massChangeId', v_wave, 'directoryId', p_directory_id, 'name', v_directory.name,
      'limit', v_directory.brake_limit, 'minutes', v_directory.brake_minutes), p_now);
  INSERT INTO audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type, target_id, detail,
      request_id)
    VALUES (p_organization_id, new_id('evt'), p_now, 'system', 'rolecall', 'directory.brake', 'directory', p_directory_id,
      jsonb_build_object('massChange', v_wave, 'alarm', v_alarm, 'limit', v_directory.brake_limit), 'req_brake');
  RETURN v_wave;
END $$;
--> statement-breakpoint
CREATE FUNCTION members_below(p_group_id text) RETURNS TABLE(user_id text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT DISTINCT gm.user_id FROM groups_below(current_setting('rolecall.organization_id'), ARRAY[p_group_id]) b
    JOIN group_members gm ON gm.organization_id = current_setting('rolecall.organization_id') AND gm.group_id = b.group_id $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION members_below(text) TO rolecall_server;
--> statement-breakpoint
CREATE FUNCTION groups_over(p_group_id text) RETURNS TABLE(group_id text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT a.group_id FROM groups_above(current_setting('rolecall.organization_id'), ARRAY[p_group_id]) a $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION groups_over(text) TO rolecall_server;
--> statement-breakpoint
-- As before, and what directories may take is learned once a day.
CREATE OR REPLACE FUNCTION organizations_with_upkeep()
 RETURNS TABLE(organization_id text, kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
  SELECT DISTINCT r.organization_id, 'reminder' FROM assignments_to_remind r
  UNION ALL
  SELECT DISTINCT e.organization_id, 'end_date' FROM (
    SELECT p.organization_id FROM people_past_their_end p
    UNION ALL SELECT s.organization_id FROM assignments_without_sponsor s
    UNION ALL SELECT u.organization_id FROM users u WHERE u.returns_at <= now()) e
  UNION ALL
  SELECT o.id, 'retention' FROM organizations o
    WHERE (SELECT p.occurred_at FROM provisioning_events p WHERE p.organization_id = o.id ORDER BY p.id LIMIT 1)
        < now() - make_interval(days => o.provisioning_log_days + 1)
      OR (SELECT s.occurred_at FROM sign_in_attempts s WHERE s.organization_id = o.id ORDER BY s.id LIMIT 1)
        < now() - make_interval(days => o.sign_in_trace_days + 1)
      OR (SELECT m.created_at FROM mails m WHERE m.organization_id = o.id AND m.status <> 'queued' ORDER BY m.id LIMIT 1)
        < now() - make_interval(days => o.mail_days + 1)
      OR EXISTS (SELECT FROM user_changes c WHERE c.organization_id = o.id AND c.finished_at < now() - interval '31 days')
  UNION ALL
  SELECT DISTINCT c.organization_id, 'certificate' FROM certificates_ending c
  UNION ALL
  SELECT DISTINCT e.organization_id, 'emergency_drill' FROM emergency_accounts_to_prove e
  UNION ALL
  SELECT DISTINCT d.organization_id, 'brake' FROM directories d
    WHERE d.brake_learned_at IS NULL OR d.brake_learned_at < now() - interval '1 day' $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION note_losses(text, text, text[], text, text, timestamptz) TO rolecall_server;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE directory_losses IS 'What people lost by the word of a directory, one row for a person and a group.';
  COMMENT ON TABLE mass_changes IS
    'More people lost something by a directory than it may take in a time: what takes rights waits for an administrator.';
  COMMENT ON FUNCTION members_below(text) IS 'Whoever is in the group, or in one that is in it, of the organization entered.';
  COMMENT ON FUNCTION groups_over(text) IS 'The group and those that it is in, of the organization entered.';
  COMMENT ON FUNCTION note_losses(text, text, text[], text, text, timestamptz) IS
    'Notes what people lose by a directory, before they do. The mass change that is under way, which then keeps what only takes rights; null where the directory may take it.';
END $do$;

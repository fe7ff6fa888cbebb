ALTER TABLE "organizations" ADD COLUMN "erase_deleted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE history.organizations ADD COLUMN "erase_deleted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
SELECT history.keep('organizations', ARRAY['slug', 'name', 'status', 'administrator_brand_access', 'role_strategy'], ARRAY['id']);
--> statement-breakpoint
CREATE TABLE "deleted_people" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"deleted_at" timestamp(3) with time zone NOT NULL,
	"deleted_by_type" text NOT NULL,
	"deleted_by" text NOT NULL,
	"note" text,
	"status" text NOT NULL,
	"status_reason" text,
	"group_ids" jsonb NOT NULL,
	CONSTRAINT "deleted_people_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "deleted_people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "deleted_people" ADD CONSTRAINT "deleted_people_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "users_deleted" ON "users" USING btree ("organization_id","deleted_at","id") WHERE deleted_at is not null and status = 'inactive';--> statement-breakpoint
CREATE POLICY "own_organization" ON "deleted_people" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON deleted_people TO rolecall_server;
--> statement-breakpoint
-- As before; retention is due as well where people are deleted for as long as the organization keeps them, and it has them erased.
CREATE OR REPLACE FUNCTION organizations_with_upkeep() RETURNS TABLE (organization_id text, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
      OR o.erase_deleted AND EXISTS (SELECT FROM users u WHERE u.organization_id = o.id AND u.status = 'inactive'
        AND u.deleted_at <= now() - make_interval(days => o.erase_after_days)
        AND u.status_changed_at <= now() - make_interval(days => o.erase_after_days))
  UNION ALL
  SELECT DISTINCT c.organization_id, 'certificate' FROM certificates_ending c
  UNION ALL
  SELECT DISTINCT e.organization_id, 'emergency_drill' FROM emergency_accounts_to_prove e
  UNION ALL
  SELECT DISTINCT d.organization_id, 'brake' FROM directories d
    WHERE d.brake_learned_at IS NULL OR d.brake_learned_at < now() - interval '1 day'
  UNION ALL
  SELECT DISTINCT s.organization_id, 'report' FROM report_schedules s WHERE s.status = 'on' AND s.next_at <= now() $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN organizations.erase_deleted IS 'Whether deleted people are erased by themselves after erase_after_days; they wait for an administrator otherwise.';
  COMMENT ON TABLE deleted_people IS 'Whom an administrator deleted, as they were before: status and groups, for restoring them. Whom a directory deleted has no row here.';
END $do$;

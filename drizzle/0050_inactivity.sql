CREATE TABLE "inactivity_exceptions" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"reason" text NOT NULL,
	"until" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "inactivity_exceptions_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "inactivity_exceptions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "inactivity_notices" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"warned_at" timestamp(3) with time zone NOT NULL,
	"is_mailed" boolean NOT NULL,
	"deactivates_at" timestamp(3) with time zone NOT NULL,
	"deactivated_at" timestamp(3) with time zone,
	"deactivated_in" text,
	CONSTRAINT "inactivity_notices_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "inactivity_notices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "inactivity_rules" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"concerns" text NOT NULL,
	"warn_days" integer NOT NULL,
	"deactivate_days" integer NOT NULL,
	"erase_days" integer,
	"counts_from" timestamp(3) with time zone NOT NULL,
	"erases_from" timestamp(3) with time zone NOT NULL,
	"ran_at" timestamp(3) with time zone,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "inactivity_rules_days" CHECK (warn_days >= 1 and deactivate_days > warn_days)
);
--> statement-breakpoint
ALTER TABLE "inactivity_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "inactivity_runs" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"ran_at" timestamp(3) with time zone NOT NULL,
	"warned" integer NOT NULL,
	"deactivated" integer NOT NULL,
	"erased" integer NOT NULL,
	"refused" integer NOT NULL,
	CONSTRAINT "inactivity_runs_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "inactivity_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "inactivity_exceptions" ADD CONSTRAINT "inactivity_exceptions_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inactivity_notices" ADD CONSTRAINT "inactivity_notices_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inactivity_rules" ADD CONSTRAINT "inactivity_rules_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inactivity_runs" ADD CONSTRAINT "inactivity_runs_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "inactivity_notices_run" ON "inactivity_notices" USING btree ("organization_id","deactivated_in") WHERE deactivated_in is not null;--> statement-breakpoint
CREATE INDEX "users_idle" ON "users" USING btree ("organization_id",greatest(last_active_at, status_changed_at)) WHERE status = 'active' and deleted_at is null;--> statement-breakpoint
CREATE POLICY "own_organization" ON "inactivity_exceptions" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "inactivity_notices" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "inactivity_rules" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "inactivity_runs" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON inactivity_rules, inactivity_exceptions, inactivity_notices, inactivity_runs TO rolecall_server;
--> statement-breakpoint
-- What time drives in people's lives. The rule of an organization runs once a day, and as soon as it has been saved.
CREATE FUNCTION organizations_with_lifecycles() RETURNS TABLE (organization_id text, kind text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT r.organization_id, 'inactivity' FROM inactivity_rules r JOIN organizations o ON o.id = r.organization_id
    WHERE r.status = 'on' AND o.status = 'active' AND (r.ran_at IS NULL OR r.ran_at < now() - interval '1 day') $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION organizations_with_lifecycles() FROM PUBLIC;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION due_work(p_pace text)
  RETURNS TABLE (organization_id text, kind text, seen_at timestamptz) LANGUAGE sql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  WITH found AS (
    SELECT w.organization_id, w.kind FROM organizations_with_work() w WHERE p_pace = 'prompt'
    UNION ALL
    SELECT s.organization_id, 'audit_seal' FROM organizations_to_seal() s WHERE p_pace = 'seal'
    UNION ALL
    SELECT u.organization_id, u.kind FROM organizations_with_upkeep() u WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT r.organization_id, 'review' FROM organizations_with_reviews() r WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT c.organization_id, 'checklist' FROM organizations_with_checklists() c WHERE p_pace = 'upkeep'
    UNION ALL
    SELECT l.organization_id, l.kind FROM organizations_with_lifecycles() l WHERE p_pace = 'upkeep')
  SELECT f.organization_id, f.kind, now() FROM found f
    LEFT JOIN work_leases l ON l.organization_id = f.organization_id AND l.kind = f.kind
    WHERE l.free_at IS NULL OR l.free_at <= now()
    ORDER BY date_trunc('minute', l.taken_at) NULLS FIRST, random() $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE inactivity_rules IS 'What becomes of people who are not here for long: warned, deactivated, erased, after so many days.';
  COMMENT ON TABLE inactivity_exceptions IS 'People whom the rule leaves alone: for a reason, until a date.';
  COMMENT ON TABLE inactivity_notices IS 'What the rule has told somebody, and done. A warning counts until they are here again, and as long as the rule stays on.';
  COMMENT ON TABLE inactivity_runs IS 'Runs of the rule that did something.';
  COMMENT ON FUNCTION organizations_with_lifecycles() IS 'Where the rule on inactivity is to run.';
END $do$;

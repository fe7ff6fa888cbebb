CREATE TABLE "address_places" (
	"organization_id" text NOT NULL,
	"range" "inet" NOT NULL,
	"place" text NOT NULL,
	CONSTRAINT "address_places_organization_id_range_pk" PRIMARY KEY("organization_id","range")
);
--> statement-breakpoint
ALTER TABLE "address_places" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "report_runs" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"schedule_id" text NOT NULL,
	"kind" text NOT NULL,
	"made_at" timestamp(3) with time zone NOT NULL,
	"facts" jsonb NOT NULL,
	"findings" jsonb NOT NULL,
	"told" integer NOT NULL,
	CONSTRAINT "report_runs_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "report_runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "report_schedules" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"every" text NOT NULL,
	"unused_days" integer DEFAULT 90 NOT NULL,
	"recipients" jsonb NOT NULL,
	"sent" text NOT NULL,
	"status" text NOT NULL,
	"next_at" timestamp(3) with time zone NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "report_schedules_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "report_schedules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "address_places" ADD CONSTRAINT "address_places_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_runs" ADD CONSTRAINT "report_runs_organization_id_schedule_id_report_schedules_organization_id_id_fk" FOREIGN KEY ("organization_id","schedule_id") REFERENCES "public"."report_schedules"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_schedules" ADD CONSTRAINT "report_schedules_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "report_runs_schedule" ON "report_runs" USING btree ("organization_id","schedule_id","id");--> statement-breakpoint
CREATE INDEX "report_schedules_due" ON "report_schedules" USING btree ("next_at");--> statement-breakpoint
CREATE POLICY "own_organization" ON "address_places" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "report_runs" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "report_schedules" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON address_places, report_runs, report_schedules TO rolecall_server;
--> statement-breakpoint
-- As before, and reports are made on their schedule.
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
    WHERE d.brake_learned_at IS NULL OR d.brake_learned_at < now() - interval '1 day'
  UNION ALL
  SELECT DISTINCT s.organization_id, 'report' FROM report_schedules s WHERE s.status = 'on' AND s.next_at <= now() $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE report_schedules IS 'Which report is made how often, and who is told.';
  COMMENT ON TABLE report_runs IS 'What a run of a report found, in numbers and findings.';
  COMMENT ON TABLE address_places IS 'Address ranges that the organization has named, by which sign-ins are told apart.';
END $do$;

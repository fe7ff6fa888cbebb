CREATE TABLE "absence_rules" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"at_return" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "absence_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "absences" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"user_id" text NOT NULL,
	"from_at" timestamp(3) with time zone NOT NULL,
	"until_at" timestamp(3) with time zone NOT NULL,
	"reason" text NOT NULL,
	"at_return" text,
	"status" text NOT NULL,
	"deactivated_at" timestamp(3) with time zone,
	"outcome" text,
	"ended_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "absences_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "absences" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "absence_rules" ADD CONSTRAINT "absence_rules_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "absences_open" ON "absences" USING btree ("organization_id","user_id") WHERE status in ('planned', 'under_way');--> statement-breakpoint
CREATE INDEX "absences_user" ON "absences" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "absences_from" ON "absences" USING btree ("from_at") WHERE status = 'planned';--> statement-breakpoint
CREATE INDEX "absences_until" ON "absences" USING btree ("until_at") WHERE status = 'under_way';--> statement-breakpoint
CREATE POLICY "own_organization" ON "absence_rules" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "absences" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON absence_rules, absences TO rolecall_server;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION organizations_with_lifecycles() RETURNS TABLE (organization_id text, kind text) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.organization_id, 'inactivity' FROM inactivity_rules r JOIN organizations o ON o.id = r.organization_id
    WHERE r.status = 'on' AND o.status = 'active' AND (r.ran_at IS NULL OR r.ran_at < now() - interval '1 day')
  UNION ALL
  SELECT o.id, 'access_digest' FROM organizations o LEFT JOIN access_digests d ON d.organization_id = o.id
    WHERE o.status = 'active' AND coalesce(d.pace, 'daily') <> 'off'
      AND (coalesce(d.told_until, o.created_at) <= now() - interval '5 minutes'
          - CASE d.pace WHEN 'hourly' THEN interval '1 hour' ELSE interval '1 day' END
        OR EXISTS (SELECT FROM access_digest_people p WHERE p.organization_id = o.id))
  UNION ALL
  SELECT DISTINCT a.organization_id, 'absence' FROM (
    SELECT p.organization_id FROM absences p WHERE p.status = 'planned' AND p.from_at <= now()
    UNION ALL SELECT u.organization_id FROM absences u WHERE u.status = 'under_way' AND u.until_at <= now()) a
    JOIN organizations o ON o.id = a.organization_id AND o.status = 'active' $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE absence_rules IS 'What happens at the end of an absence that does not say so itself: the person is proposed for reactivation, or reactivated.';
  COMMENT ON TABLE absences IS 'Somebody is deactivated for a time, from now or from a day ahead. deactivated_at: the deactivation that it brought about; only that one is lifted at the end.';
  COMMENT ON FUNCTION organizations_with_lifecycles() IS 'Where the rule on inactivity is to run, people are to be told what has changed of their access, or an absence begins or ends.';
END $do$;

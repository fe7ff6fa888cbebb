CREATE TABLE "change_drafts" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"changes" jsonb NOT NULL,
	"status" text NOT NULL,
	"hash" text,
	"apply_at" timestamp(3) with time zone,
	"scheduled_by" text,
	"created_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"changed_by" text NOT NULL,
	"changed_at" timestamp(3) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(3) with time zone,
	"note" text,
	"applied_by" text,
	"applied_at" timestamp(3) with time zone,
	"inverse" jsonb,
	"undone_by" text,
	"undone_at" timestamp(3) with time zone,
	"fault" text,
	CONSTRAINT "change_drafts_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "change_drafts_status" CHECK (status in ('open', 'waiting', 'approved', 'applied', 'undone', 'discarded'))
);
--> statement-breakpoint
ALTER TABLE "change_drafts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "change_drafts" ADD CONSTRAINT "change_drafts_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "change_drafts_due" ON "change_drafts" USING btree ("apply_at") WHERE apply_at is not null;--> statement-breakpoint
CREATE POLICY "own_organization" ON "change_drafts" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON change_drafts TO rolecall_server;
--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "second_person" text DEFAULT 'never' NOT NULL;--> statement-breakpoint
ALTER TABLE history.organizations ADD COLUMN "second_person" text DEFAULT 'never' NOT NULL;--> statement-breakpoint
SELECT history.keep('organizations', ARRAY['slug', 'name', 'status', 'administrator_brand_access', 'role_strategy'], ARRAY['id']);
--> statement-breakpoint
SELECT history.mirror();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION organizations_with_work() RETURNS TABLE (organization_id text, kind text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT m.organization_id, 'mail' FROM mails m WHERE m.status = 'queued' AND m.next_attempt_at <= now()
  UNION ALL
  SELECT DISTINCT l.organization_id, 'logout' FROM application_logouts l WHERE l.status = 'queued' AND l.next_attempt_at <= now()
  UNION ALL
  SELECT DISTINCT s.organization_id, 'sessions' FROM sessions s
    WHERE s.ended_at IS NULL AND least(s.expires_at, s.idle_expires_at) <= now()
  UNION ALL
  SELECT DISTINCT a.organization_id, 'alarm' FROM alarms a WHERE a.notified_at IS NULL
  UNION ALL
  SELECT DISTINCT c.organization_id, 'user_change' FROM user_changes c WHERE c.finished_at IS NULL
  UNION ALL
  SELECT DISTINCT d.organization_id, 'draft' FROM change_drafts d WHERE d.apply_at <= now()
  UNION ALL
  SELECT DISTINCT d.organization_id, 'domain' FROM domains d
    WHERE d.verified_by IS DISTINCT FROM 'operator' AND (d.checked_at IS NULL OR d.checked_at <= now() - CASE
      WHEN d.status = 'pending' THEN interval '5 minutes' ELSE interval '12 hours' END)
  UNION ALL
  SELECT DISTINCT c.organization_id, 'metadata' FROM connections c
    WHERE c.type = 'saml' AND c.status <> 'disabled' AND c.settings ->> 'metadataUrl' IS NOT NULL
      AND (c.refreshed_at IS NULL OR c.refreshed_at <= now() - interval '6 hours') $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE change_drafts IS 'Several changes of access under one name: shown together, approved by a second person where the organization wants that, made together, at a time, and taken back together by inverse. hash is what was approved or put on a time. apply_at is empty but while it waits for its time.';
  COMMENT ON COLUMN organizations.second_person IS 'privileged: rights over others are given by drafts alone that a second person has approved.';
END $do$;

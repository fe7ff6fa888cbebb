CREATE TABLE "user_change_people" (
	"organization_id" text NOT NULL,
	"change_id" text NOT NULL,
	"position" integer NOT NULL,
	"user_id" text NOT NULL,
	"claimed_at" timestamp(3) with time zone,
	"outcome" text,
	"reason" text,
	"message" text,
	CONSTRAINT "user_change_people_organization_id_change_id_position_pk" PRIMARY KEY("organization_id","change_id","position")
);
--> statement-breakpoint
ALTER TABLE "user_change_people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "user_changes" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"action" jsonb NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text NOT NULL,
	"started_at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone,
	CONSTRAINT "user_changes_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "user_changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "user_change_people" ADD CONSTRAINT "user_change_people_organization_id_change_id_user_changes_organization_id_id_fk" FOREIGN KEY ("organization_id","change_id") REFERENCES "public"."user_changes"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_changes" ADD CONSTRAINT "user_changes_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "user_change_people_user" ON "user_change_people" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "user_changes_open" ON "user_changes" USING btree ("organization_id") WHERE finished_at is null;--> statement-breakpoint
CREATE POLICY "own_organization" ON "user_change_people" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "user_changes" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON user_changes, user_change_people TO rolecall_server;
--> statement-breakpoint
SELECT pgboss.create_queue('user_change', jsonb_build_object('policy', 'exclusive', 'retryLimit', 1000000, 'retryBackoff', true,
  'retryDelay', 5, 'retryDelayMax', 60, 'expireInSeconds', 900, 'heartbeatSeconds', 30, 'retentionSeconds', 1209600,
  'deleteAfterSeconds', 3600));
--> statement-breakpoint
-- As before, and changes of many people that are under way.
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
  SELECT DISTINCT d.organization_id, 'domain' FROM domains d
    WHERE d.verified_by IS DISTINCT FROM 'operator' AND (d.checked_at IS NULL OR d.checked_at <= now() - CASE
      WHEN d.status = 'pending' THEN interval '5 minutes' ELSE interval '12 hours' END)
  UNION ALL
  SELECT DISTINCT c.organization_id, 'metadata' FROM connections c
    WHERE c.type = 'saml' AND c.status <> 'disabled' AND c.settings ->> 'metadataUrl' IS NOT NULL
      AND (c.refreshed_at IS NULL OR c.refreshed_at <= now() - interval '6 hours') $$;

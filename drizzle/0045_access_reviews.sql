CREATE TABLE "access_review_lines" (
	"organization_id" text NOT NULL,
	"review_id" text NOT NULL,
	"position" integer NOT NULL,
	"user_id" text NOT NULL,
	"user_name" text NOT NULL,
	"display_name" text,
	"status" text NOT NULL,
	"source" text NOT NULL,
	"source_id" text NOT NULL,
	"role_id" text,
	"role_name" text,
	"brand_id" text,
	"brand_name" text,
	"through" jsonb NOT NULL,
	"since" timestamp(3) with time zone,
	"expires_at" timestamp(3) with time zone,
	"last_active_at" timestamp(3) with time zone,
	"is_privileged" boolean NOT NULL,
	"is_outside" boolean NOT NULL,
	"peers_by" text,
	"peers" integer NOT NULL,
	"peers_holding" integer NOT NULL,
	"advice" text NOT NULL,
	"advice_reason" text NOT NULL,
	"passed_on" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"answer" text,
	"end_at" timestamp(3) with time zone,
	"comment" text,
	"answered_at" timestamp(3) with time zone,
	"answered_by_type" text,
	"answered_by" text,
	"answered_by_name" text,
	"effective_at" timestamp(3) with time zone,
	"outcome" text,
	"message" text,
	"applied_at" timestamp(3) with time zone,
	"taken" jsonb,
	"restored_at" timestamp(3) with time zone,
	"restored_by" text,
	"restore_message" text,
	CONSTRAINT "access_review_lines_organization_id_review_id_position_pk" PRIMARY KEY("organization_id","review_id","position")
);
--> statement-breakpoint
ALTER TABLE "access_review_lines" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "access_review_reviewers" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"review_id" text NOT NULL,
	"position" integer NOT NULL,
	"is_fallback" boolean DEFAULT false NOT NULL,
	CONSTRAINT "access_review_reviewers_organization_id_user_id_review_id_position_pk" PRIMARY KEY("organization_id","user_id","review_id","position")
);
--> statement-breakpoint
ALTER TABLE "access_review_reviewers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "access_reviews" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"scope" jsonb NOT NULL,
	"reviewer_rule" text NOT NULL,
	"reviewer_id" text,
	"fallback_id" text NOT NULL,
	"no_answer" text NOT NULL,
	"end_days" integer,
	"undo_hours" integer NOT NULL,
	"due_days" integer NOT NULL,
	"grace_days" integer NOT NULL,
	"recurrence" text,
	"follows_id" text,
	"status" text NOT NULL,
	"starts_at" timestamp(3) with time zone NOT NULL,
	"opened_at" timestamp(3) with time zone,
	"due_at" timestamp(3) with time zone,
	"closes_at" timestamp(3) with time zone,
	"closed_at" timestamp(3) with time zone,
	"suspended_at" timestamp(3) with time zone,
	"reminded" integer,
	"owner_type" text NOT NULL,
	"owner_id" text NOT NULL,
	"restore_type" text,
	"restore_id" text,
	"csv_sha256" text,
	"json_sha256" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "access_reviews_organization_id_id_pk" PRIMARY KEY("organization_id","id"),
	CONSTRAINT "access_reviews_reviewer" CHECK ((reviewer_rule = 'person') = (reviewer_id is not null)),
	CONSTRAINT "access_reviews_end" CHECK ((no_answer = 'end') = (end_days is not null))
);
--> statement-breakpoint
ALTER TABLE "access_reviews" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "review_tasks" (
	"organization_id" text NOT NULL,
	"id" text NOT NULL,
	"review_id" text NOT NULL,
	"position" integer NOT NULL,
	"user_id" text NOT NULL,
	"mapping_id" text NOT NULL,
	"role_id" text NOT NULL,
	"brand_id" text,
	"status" text NOT NULL,
	"starts_at" timestamp(3) with time zone NOT NULL,
	"message" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"settled_at" timestamp(3) with time zone,
	"recorded_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "review_tasks_organization_id_id_pk" PRIMARY KEY("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "review_tasks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "access_review_lines" ADD CONSTRAINT "access_review_lines_organization_id_review_id_access_reviews_organization_id_id_fk" FOREIGN KEY ("organization_id","review_id") REFERENCES "public"."access_reviews"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_review_reviewers" ADD CONSTRAINT "access_review_reviewers_organization_id_review_id_access_reviews_organization_id_id_fk" FOREIGN KEY ("organization_id","review_id") REFERENCES "public"."access_reviews"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_review_reviewers" ADD CONSTRAINT "access_review_reviewers_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_reviews" ADD CONSTRAINT "access_reviews_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_tasks" ADD CONSTRAINT "review_tasks_organization_id_review_id_access_reviews_organization_id_id_fk" FOREIGN KEY ("organization_id","review_id") REFERENCES "public"."access_reviews"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_tasks" ADD CONSTRAINT "review_tasks_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "access_review_lines_user" ON "access_review_lines" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "access_review_lines_unanswered" ON "access_review_lines" USING btree ("organization_id","review_id","position") WHERE answer is null;--> statement-breakpoint
CREATE INDEX "access_review_lines_pending" ON "access_review_lines" USING btree ("organization_id","effective_at") WHERE effective_at is not null and outcome is null;--> statement-breakpoint
CREATE INDEX "access_review_lines_applied" ON "access_review_lines" USING btree ("organization_id","review_id","position") WHERE outcome in ('removed', 'ended', 'task');--> statement-breakpoint
CREATE INDEX "access_review_reviewers_line" ON "access_review_reviewers" USING btree ("organization_id","review_id","position");--> statement-breakpoint
CREATE INDEX "access_reviews_live" ON "access_reviews" USING btree ("organization_id") WHERE status in ('scheduled', 'open', 'closing');--> statement-breakpoint
CREATE INDEX "access_reviews_restoring" ON "access_reviews" USING btree ("organization_id") WHERE restore_type is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "review_tasks_open" ON "review_tasks" USING btree ("organization_id","user_id","mapping_id") WHERE status in ('waiting', 'open');--> statement-breakpoint
CREATE INDEX "review_tasks_line" ON "review_tasks" USING btree ("organization_id","review_id","position");--> statement-breakpoint
CREATE POLICY "own_organization" ON "access_review_lines" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "access_review_reviewers" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "access_reviews" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
CREATE POLICY "own_organization" ON "review_tasks" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON access_reviews, access_review_lines, access_review_reviewers, review_tasks TO rolecall_server;
--> statement-breakpoint
-- What a review took, and only the provider can take for good, is not held.
CREATE OR REPLACE VIEW effective_assignments WITH (security_invoker = true) AS
 SELECT u.organization_id,
    u.id AS user_id,
    m.role_id,
    m.brand_id,
    'mapping'::text AS source,
    m.id AS source_id,
    reached.path AS group_path,
    NULL::text AS reason,
    NULL::timestamp with time zone AS expires_at,
    NULL::text AS filter
   FROM users u
     -- Once a person, and not once a mapping: there is hardly ever any.
     CROSS JOIN LATERAL (SELECT ARRAY(SELECT t.mapping_id FROM review_tasks t WHERE t.organization_id = u.organization_id
         AND t.user_id = u.id AND t.status = 'open') AS mappings OFFSET 0) held_back
     CROSS JOIN LATERAL ( WITH RECURSIVE climbed(group_id, path) AS (
                 SELECT gm.group_id,
                    ARRAY[gm.group_id] AS "array"
                   FROM group_members gm
                  WHERE gm.organization_id = u.organization_id AND gm.user_id = u.id
                UNION ALL
                 SELECT n.group_id,
                    climbed_1.path || n.group_id
                   FROM climbed climbed_1
                     JOIN group_nestings n ON n.organization_id = u.organization_id AND n.child_group_id = climbed_1.group_id
                  WHERE n.group_id <> ALL (climbed_1.path)
                )
         SELECT climbed.group_id,
            climbed.path
           FROM climbed) reached
     JOIN mappings m ON m.organization_id = u.organization_id AND m.group_id = reached.group_id
  WHERE m.id <> ALL (held_back.mappings)
UNION ALL
 SELECT u.organization_id,
    u.id AS user_id,
    m.role_id,
    m.brand_id,
    'mapping'::text AS source,
    m.id AS source_id,
    NULL::text[] AS group_path,
    NULL::text AS reason,
    NULL::timestamp with time zone AS expires_at,
    m.filter
   FROM users u
     CROSS JOIN LATERAL (SELECT ARRAY(SELECT t.mapping_id FROM review_tasks t WHERE t.organization_id = u.organization_id
         AND t.user_id = u.id AND t.status = 'open') AS mappings OFFSET 0) held_back
     JOIN mappings m ON m.organization_id = u.organization_id AND m.filter_path IS NOT NULL
  WHERE jsonb_path_match(user_document(u.*), m.filter_path::jsonpath, '{}'::jsonb, true)
    AND m.id <> ALL (held_back.mappings)
UNION ALL
 SELECT a.organization_id,
    a.user_id,
    a.role_id,
    a.brand_id,
    'direct'::text AS source,
    a.id AS source_id,
    NULL::text[] AS group_path,
    a.reason,
    a.expires_at,
    NULL::text AS filter
   FROM assignments a
  WHERE (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.expires_at IS NULL OR a.expires_at > now());
--> statement-breakpoint
-- Whether a mapping gives somebody its role, held back or not.
CREATE FUNCTION is_mapped(p_organization_id text, p_user_id text, p_mapping_id text) RETURNS boolean LANGUAGE sql STABLE
  SET search_path = public, pg_temp AS $$
  WITH RECURSIVE climbed (group_id) AS (
    SELECT gm.group_id FROM group_members gm WHERE gm.organization_id = p_organization_id AND gm.user_id = p_user_id
    UNION SELECT n.group_id FROM climbed c JOIN group_nestings n
      ON n.organization_id = p_organization_id AND n.child_group_id = c.group_id)
  SELECT EXISTS (SELECT FROM mappings m
    JOIN users u ON u.organization_id = m.organization_id AND u.id = p_user_id AND u.deleted_at IS NULL
    WHERE m.organization_id = p_organization_id AND m.id = p_mapping_id AND (m.group_id IN (SELECT group_id FROM climbed)
      OR (m.filter_path IS NOT NULL AND jsonb_path_match(user_document(u), m.filter_path::jsonpath, '{}', true)))) $$;
--> statement-breakpoint
-- A role was held back, or given free again.
CREATE FUNCTION keep_administrator_of_task() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF matters_to_administrators(NEW.organization_id, NEW.role_id) AND is_working(NEW.organization_id, NEW.user_id) THEN
    IF NEW.status = 'open' AND is_administrator_role(NEW.organization_id, NEW.role_id)
    THEN PERFORM check_administrators(NEW.organization_id);
    ELSIF NEW.status = 'open' OR has_restrictions(NEW.organization_id)
    THEN PERFORM check_restriction(NEW.organization_id); END IF;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER keep_administrator AFTER INSERT OR UPDATE OF status ON review_tasks
  FOR EACH ROW WHEN (NEW.brand_id IS NULL) EXECUTE FUNCTION keep_administrator_of_task();
--> statement-breakpoint
CREATE TRIGGER prove_role_given AFTER INSERT OR UPDATE OF status OR DELETE ON review_tasks
  FOR EACH ROW WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_role_given();
--> statement-breakpoint
-- What a campaign takes or gives back, the worker does later, in the name of whoever set it going.
CREATE TRIGGER prove_person AFTER INSERT OR UPDATE OF status, owner_id, restore_id ON access_reviews
  FOR EACH ROW WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_person();
--> statement-breakpoint
-- Which mail to its reviewers an open campaign is at: 0 at the opening, 1 a week before answers are due, 2 a day before, 3 overdue.
CREATE FUNCTION review_stage(p_due_at timestamptz) RETURNS integer LANGUAGE sql STABLE
  SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN now() >= p_due_at THEN 3 WHEN now() >= p_due_at - interval '1 day' THEN 2
    WHEN now() >= p_due_at - interval '7 days' THEN 1 ELSE 0 END $$;
--> statement-breakpoint
-- Unanswered lines of an open campaign that nobody active can answer.
CREATE VIEW review_lines_without_reviewer WITH (security_invoker = true) AS
SELECT l.organization_id, l.review_id, l.position, l.user_id
FROM access_reviews r
JOIN access_review_lines l ON l.organization_id = r.organization_id AND l.review_id = r.id AND l.answer IS NULL
WHERE r.status = 'open' AND r.suspended_at IS NULL AND NOT EXISTS (
  SELECT FROM access_review_reviewers w
  JOIN users u ON u.organization_id = w.organization_id AND u.id = w.user_id AND u.status = 'active' AND u.deleted_at IS NULL
  WHERE w.organization_id = l.organization_id AND w.review_id = l.review_id AND w.position = l.position
  -- Looked up line by line, however many PostgreSQL takes them to be.
  OFFSET 0);
--> statement-breakpoint
CREATE FUNCTION organizations_with_reviews() RETURNS TABLE (organization_id text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o WHERE o.status = 'active' AND (
    EXISTS (SELECT FROM access_reviews r WHERE r.organization_id = o.id AND r.status IN ('scheduled', 'open', 'closing')
      AND r.suspended_at IS NULL AND (
        (r.status = 'scheduled' AND r.starts_at <= now())
        OR (r.status = 'open' AND (r.closes_at <= now() OR review_stage(r.due_at) > coalesce(r.reminded, -1)))
        OR (r.status = 'closing' AND NOT EXISTS (SELECT FROM access_review_lines l WHERE l.organization_id = o.id
          AND l.review_id = r.id AND l.outcome IS NULL))
        OR EXISTS (SELECT FROM access_review_lines l WHERE l.organization_id = o.id AND l.review_id = r.id
          AND l.effective_at <= now() AND l.outcome IS NULL)))
    OR EXISTS (SELECT FROM review_lines_without_reviewer w WHERE w.organization_id = o.id)
    OR EXISTS (SELECT FROM access_reviews r WHERE r.organization_id = o.id AND r.restore_type IS NOT NULL)
    OR EXISTS (SELECT FROM review_tasks t WHERE t.organization_id = o.id AND (
      (t.status = 'waiting' AND t.starts_at <= now())
      OR (t.status IN ('waiting', 'open') AND NOT is_mapped(t.organization_id, t.user_id, t.mapping_id))))) $$;
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
    SELECT r.organization_id, 'review' FROM organizations_with_reviews() r WHERE p_pace = 'upkeep')
  SELECT f.organization_id, f.kind, now() FROM found f
    LEFT JOIN work_leases l ON l.organization_id = f.organization_id AND l.kind = f.kind
    WHERE l.free_at IS NULL OR l.free_at <= now()
    ORDER BY date_trunc('minute', l.taken_at) NULLS FIRST, random() $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION organizations_with_reviews(), keep_administrator_of_task() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION organizations_with_reviews() TO rolecall_server;
--> statement-breakpoint
GRANT SELECT ON review_lines_without_reviewer TO rolecall_server;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE access_reviews IS
    'Campaigns in which people look at what others hold: which part of it, who looks, until when, and what no answer means.';
  COMMENT ON TABLE access_review_lines IS
    'What was held when a campaign opened, by the names of then, and what was answered. It stays as evidence.';
  COMMENT ON TABLE access_review_reviewers IS 'Who may answer a line: any of them.';
  COMMENT ON TABLE review_tasks IS
    'Roles that a mapping gives and a review took: held back while `open`, until the provider''s group or attribute has followed.';
  COMMENT ON VIEW review_lines_without_reviewer IS 'Unanswered lines of an open campaign that nobody active can answer.';
  COMMENT ON FUNCTION is_mapped(text, text, text) IS 'Whether a mapping gives somebody its role, held back or not.';
  COMMENT ON FUNCTION keep_administrator_of_task() IS 'A role was held back, or given free again.';
  COMMENT ON FUNCTION review_stage(timestamptz) IS
    'Which mail to its reviewers an open campaign is at: 0 at the opening, 1 a week before answers are due, 2 a day before, 3 overdue.';
  COMMENT ON FUNCTION organizations_with_reviews() IS 'Where something of an access review is due.';
END $do$;
--> statement-breakpoint
SELECT history.keep('review_tasks', ARRAY['status', 'mapping_id', 'user_id'], ARRAY['organization_id, user_id', 'organization_id, mapping_id']);
--> statement-breakpoint
SELECT history.mirror();

-- The books of one call, written at its end by write_books. Stands before every script that moves URLs.
local book_changes, job_changes = {}, {}

-- n URLs have come to a state (or a fate, a reason), below zero: have left it. Of a job, the books of that job say so too.
local function book_of_job(name, n, job)
  if not job or job == '' then return end
  local field = name .. ' ' .. job
  job_changes[field] = (job_changes[field] or 0) + n
end
local function book(name, n, job)
  book_changes[name] = (book_changes[name] or 0) + n
  book_of_job(name, n, job)
end

-- The job of a record: its eighth field. `rest_of_record` is one without its URL, as `flight` holds it.
local function job_of_rest(rest_of_record)
  return rest_of_record:match('^%d*\t%d*\t%d*\t%d*\t[^\t]*\t[^\t]*\t([^\t]*)')
end
local function job_of(record)
  return job_of_rest(record:sub(record:find('\t', 1, true) + 1))
end

-- A key of a wrong type fails here: to be called before anything is changed.
local function open_books(counts, jobs)
  redis.call('HLEN', counts)
  redis.call('HLEN', jobs)
end

local function write_books(counts, jobs)
  for name, n in pairs(book_changes) do
    if n ~= 0 then redis.call('HINCRBY', counts, name, n) end
  end
  for field, n in pairs(job_changes) do
    if n ~= 0 then redis.call('HINCRBY', jobs, field, n) end
  end
end

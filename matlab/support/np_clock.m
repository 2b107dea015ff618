function seconds = np_clock()
%NP_CLOCK Wall-clock time in seconds since 1970-01-01 00:00 UTC.

if np_is_octave()
  seconds = time();
else
  % Without a time zone, posixtime would treat local time as UTC.
  seconds = posixtime(datetime('now', 'TimeZone', 'UTC'));
end
end

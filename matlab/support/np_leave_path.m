function np_leave_path(folder)
%NP_LEAVE_PATH Take a folder off the search path, if it is there.

if any(strcmp(folder, strsplit(path(), pathsep())))
  rmpath(folder);
end
end

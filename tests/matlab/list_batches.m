function bounds = list_batches(job, count)
%LIST_BATCHES First and last image of each batch, a row for each.

[starts, stops] = np_batches(job, count);
bounds = [starts; stops]';
end
